'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { type CaptureFault, captureFault } from '../../../_publisher/capture-fault';
import { CaptureGraph } from '../../../_publisher/capture-graph';
import { type DeviceLists, listDevices, noDevices } from '../../../_publisher/device-list';
import { findPictureCodec } from '../../../_publisher/webcodecs/picture-codec';

export type Source = 'audio' | 'camera' | 'screen';

export type Capture = {
  graph: CaptureGraph | null;
  devices: DeviceLists;
  /** what was chosen last, from the moment it is: a browser that asks the person first takes its time to open it */
  source: Source;
  /** the chosen picture is not there yet */
  isOpening: boolean;
  /** a microphone was opened, whether or not the browser says which */
  hasMicrophone: boolean;
  microphoneId: string | null;
  cameraId: string | null;
  preview: MediaStream | null;
  fault: CaptureFault | null;
  /** counts up with every new picture: a recorder must begin anew */
  pictureVersion: number;
  chooseSource: (source: Source) => void;
  chooseMicrophone: (deviceId: string) => void;
  chooseCamera: (deviceId: string) => void;
  retry: () => void;
  /** Opens what another page captured, as far as it is still there; false, and a fault, when that fails. */
  openAgain: (picked: Picked) => Promise<boolean>;
};

type Picked = { source: Source; microphoneId: string | null; cameraId: string | null };
const unpicked: Picked = { source: 'audio', microphoneId: null, cameraId: null };

/** What the booth captures: opens the microphone at once, so that its meter moves before anyone goes live. */
export function useCapture(): Capture {
  const [graph, setGraph] = useState<CaptureGraph | null>(null);
  const [devices, setDevices] = useState<DeviceLists>(noDevices);
  const [picked, setPicked] = useState<Picked>(unpicked);
  const [hasMicrophone, setHasMicrophone] = useState(false);
  const [opening, setOpening] = useState<Source | null>(null);
  const [preview, setPreview] = useState<MediaStream | null>(null);
  const [fault, setFault] = useState<CaptureFault | null>(null);
  const [pictureVersion, setPictureVersion] = useState(0);
  // A press right after the page has come alive finds it here, when no page with it was rendered yet.
  const newest = useRef<CaptureGraph | null>(null);
  const retryStep = useRef<() => void>(() => undefined);

  const refreshDevices = useCallback(async () => setDevices(await listDevices().catch(() => noDevices)), []);

  const openMicrophone = useCallback(
    async (into: CaptureGraph, deviceId: string | null) => {
      try {
        await into.openMicrophone(deviceId);
        setFault(null);
        setHasMicrophone(true);
        setPicked((before) => ({ ...before, microphoneId: into.microphoneId ?? deviceId }));
        return true;
      } catch (error) {
        retryStep.current = () => void openMicrophone(into, deviceId);
        setFault(captureFault('microphone', error));
        return false;
      } finally {
        await refreshDevices();
      }
    },
    [refreshDevices],
  );

  const openSource = useCallback(
    async (into: CaptureGraph, source: Source, cameraId: string | null) => {
      if (source === 'audio') {
        into.dropPicture();
        setPreview(null);
        setFault(null);
        setPicked((before) => ({ ...before, source }));
        return true;
      }
      setOpening(source);
      try {
        await into.openPicture(source, cameraId);
        // Tried now, so that going live need not wait for it.
        void findPictureCodec();
        setFault(null);
        setPreview(into.preview);
        setPictureVersion((version) => version + 1);
        setPicked((before) => ({
          ...before,
          source,
          cameraId: source === 'camera' ? (into.cameraId ?? cameraId) : before.cameraId,
        }));
        return true;
      } catch (error) {
        retryStep.current = () => void openSource(into, source, cameraId);
        setFault(captureFault(source, error));
        return false;
      } finally {
        // Another one may have been chosen meanwhile.
        setOpening((now) => (now === source ? null : now));
        await refreshDevices();
      }
    },
    [refreshDevices],
  );

  useEffect(() => {
    if (!('mediaDevices' in navigator)) {
      setFault(captureFault('microphone', null));
      return;
    }
    const made = new CaptureGraph({
      trackEnded: (kind) => {
        retryStep.current = () => void openMicrophone(made, null);
        setFault(
          kind === 'microphone'
            ? { title: 'The microphone is gone', help: 'Plug it in again, or pick another one.', canRetry: true }
            : { title: 'The picture is gone', help: 'Pick the camera or the screen again.', canRetry: false },
        );
        void refreshDevices();
      },
    });
    newest.current = made;
    setGraph(made);
    void openMicrophone(made, null);
    const onDevices = () => void refreshDevices();
    navigator.mediaDevices.addEventListener('devicechange', onDevices);
    return () => {
      navigator.mediaDevices.removeEventListener('devicechange', onDevices);
      made.close();
      newest.current = null;
      setGraph(null);
    };
  }, [openMicrophone, refreshDevices]);

  const openAgain = async (wanted: Picked): Promise<boolean> => {
    if (graph === null) {
      return false;
    }
    const { microphones, cameras } = await listDevices().catch(() => noDevices);
    const isThere = (list: { id: string }[], id: string | null) =>
      id !== null && list.some((device) => device.id === id);
    const microphoneId = isThere(microphones, wanted.microphoneId) ? wanted.microphoneId : null;
    const isOpen = graph.hasMicrophone && (microphoneId === null || microphoneId === graph.microphoneId);
    if (!isOpen && !(await openMicrophone(graph, microphoneId))) {
      return false;
    }
    return await openSource(graph, wanted.source, isThere(cameras, wanted.cameraId) ? wanted.cameraId : null);
  };

  return {
    graph,
    devices,
    ...picked,
    source: opening ?? picked.source,
    isOpening: opening !== null,
    hasMicrophone,
    preview,
    fault,
    pictureVersion,
    chooseSource: (source) => newest.current !== null && void openSource(newest.current, source, picked.cameraId),
    chooseMicrophone: (deviceId) => graph !== null && void openMicrophone(graph, deviceId),
    chooseCamera: (deviceId) => graph !== null && void openSource(graph, 'camera', deviceId),
    retry: () => retryStep.current(),
    openAgain,
  };
}
