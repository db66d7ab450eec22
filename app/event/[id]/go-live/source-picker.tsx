'use client';

import { IconDeviceDesktop, IconMicrophone, IconVideo } from '@tabler/icons-react';
import clsx from 'clsx';
import { LatencyProfile } from '../../../../stream-node/contract/profiles';
import type { Device } from '../../../_publisher/device-list';
import { languageName, offeredLanguages } from '../../../_ui/language-name';
import { PlainSelect } from '../../../_ui/plain-select';
import type { Capture, Source } from './use-capture';

const sources = [
  { source: 'audio', label: 'Audio only', Icon: IconMicrophone },
  { source: 'camera', label: 'Camera', Icon: IconVideo },
  { source: 'screen', label: 'Screen', Icon: IconDeviceDesktop },
] as const satisfies { source: Source; label: string; Icon: unknown }[];

type SourcePickerProps = {
  capture: Capture;
  /** on air a picture stays a picture, and sound alone stays so */
  isOnAir: boolean;
  language: string;
  onLanguage: (language: string) => void;
  profile: LatencyProfile;
  onProfile: (profile: LatencyProfile) => void;
  /** how far back fans may go while the stream is live */
  rewindSeconds: number;
  onRewind: (rewindSeconds: number) => void;
};

const delayWords: Record<LatencyProfile, string> = {
  balanced: 'Short, and steady',
  'lowest-latency': 'As short as can be',
};

const rewindWords = new Map([
  [0, 'Not at all'],
  [600, '10 minutes'],
  [1800, '30 minutes'],
  [3600, '1 hour'],
  [7200, '2 hours'],
  [14_400, '4 hours'],
]);

/** What is sent: sound alone, a camera or the screen, from which device, in which language. */
export function SourcePicker(props: SourcePickerProps) {
  const { capture, isOnAir, language, onLanguage, profile, onProfile, rewindSeconds, onRewind } = props;
  const isPicture = capture.source !== 'audio';
  return (
    <div className="flex flex-col gap-3">
      <fieldset className="grid grid-cols-1 gap-2 sm:grid-cols-3">
        <legend className="sr-only">Send</legend>
        {sources.map(({ source, label, Icon }) => {
          const isChosen = capture.source === source;
          const isDisabled = isOnAir && (source !== 'audio') !== isPicture;
          return (
            <label
              key={source}
              className={clsx(
                'relative flex h-13 items-center gap-2.5 rounded-[10px] px-3.5 font-semibold has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-text',
                isChosen
                  ? 'bg-raised text-text inset-ring-2 inset-ring-lamp-text'
                  : 'text-text-2 inset-ring inset-ring-text-3',
                isDisabled && 'opacity-50',
              )}
            >
              <input
                type="radio"
                name="source"
                value={source}
                checked={isChosen}
                disabled={isDisabled}
                onChange={() => capture.chooseSource(source)}
                className="absolute inset-0 size-full cursor-pointer appearance-none opacity-0"
              />
              <Icon size={20} aria-hidden />
              {label}
            </label>
          );
        })}
      </fieldset>
      <div className="grid gap-3 sm:grid-cols-2">
        <DevicePicker
          label="Microphone"
          devices={capture.devices.microphones}
          chosenId={capture.microphoneId}
          onChoose={capture.chooseMicrophone}
        />
        {capture.source === 'camera' && (
          <DevicePicker
            label="Camera"
            devices={capture.devices.cameras}
            chosenId={capture.cameraId}
            onChoose={capture.chooseCamera}
          />
        )}
        <PlainSelect label="Language" value={language} disabled={isOnAir} onChange={onLanguage}>
          {[...new Set([language, ...offeredLanguages])].map((tag) => (
            // Node and the browser do not always agree on a language's name.
            <option key={tag} value={tag} lang={tag} suppressHydrationWarning>
              {languageName(tag)}
            </option>
          ))}
        </PlainSelect>
        {isPicture && (
          <PlainSelect
            label="Delay to the fans"
            value={profile}
            disabled={isOnAir}
            onChange={(chosen) => onProfile(LatencyProfile.parse(chosen))}
          >
            {LatencyProfile.options.map((option) => (
              <option key={option} value={option}>
                {delayWords[option]}
              </option>
            ))}
          </PlainSelect>
        )}
        <PlainSelect
          label="Fans may rewind"
          value={String(rewindSeconds)}
          disabled={isOnAir}
          onChange={(chosen) => onRewind(Number(chosen))}
        >
          {[...rewindWords].map(([seconds, words]) => (
            <option key={seconds} value={String(seconds)}>
              {words}
            </option>
          ))}
        </PlainSelect>
      </div>
    </div>
  );
}

type DevicePickerProps = {
  label: string;
  devices: Device[];
  chosenId: string | null;
  onChoose: (deviceId: string) => void;
};

function DevicePicker({ label, devices, chosenId, onChoose }: DevicePickerProps) {
  const isListed = devices.some((device) => device.id === chosenId);
  return (
    <PlainSelect
      label={label}
      value={isListed ? (chosenId ?? '') : ''}
      disabled={devices.length === 0}
      onChange={(deviceId) => deviceId !== '' && onChoose(deviceId)}
    >
      {!isListed && <option value="">{devices.length === 0 ? 'None found yet' : 'The system’s choice'}</option>}
      {devices.map((device) => (
        <option key={device.id} value={device.id}>
          {device.label}
        </option>
      ))}
    </PlainSelect>
  );
}
