import { LevelMeter, type LevelWord, type SoundLevel, soundLevel } from './sound-level';

export type PictureSource = 'camera' | 'screen';

export type CaptureGraphHandlers = {
  /** a microphone was unplugged, a shared window closed, a camera taken away */
  trackEnded: (kind: 'microphone' | 'picture') => void;
};

/** What the picture is asked to be; the browser gives the nearest that the camera has. */
const pictureWanted = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const rampSeconds = 0.01;

/**
 * Everything that is captured, up to the stream that a recorder takes. All sound goes through the audio graph, so that
 * mute, the meter and another microphone never touch the recorder, and a picture always has a sound track beside it.
 *
 *     microphone ─┬─ analyser (meter)
 *                 └─ mute ─┐
 *     screen's own sound ──┴─ output
 */
export class CaptureGraph {
  readonly #handlers: CaptureGraphHandlers;
  readonly #context = new AudioContext({ latencyHint: 'interactive', sampleRate: 48_000 });
  readonly #output = this.#context.createMediaStreamDestination();
  readonly #mute = this.#context.createGain();
  readonly #analyser = this.#context.createAnalyser();
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #meter = new LevelMeter();
  #microphone: { stream: MediaStream; node: MediaStreamAudioSourceNode } | null = null;
  #picture: { stream: MediaStream; sound: MediaStreamAudioSourceNode | null } | null = null;

  constructor(handlers: CaptureGraphHandlers) {
    this.#handlers = handlers;
    this.#analyser.fftSize = 2048;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#mute.connect(this.#output);
  }

  /** Opens a microphone (`null`: the system's choice) and puts it in the place of the one before. */
  async openMicrophone(deviceId: string | null): Promise<void> {
    // A microphone is not played back here, so there is no echo to cancel; cancelling would only take from the voice.
    const wanted = { echoCancellation: false, noiseSuppression: true, autoGainControl: true };
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { ...wanted, ...(deviceId === null ? {} : { deviceId: { exact: deviceId } }) },
    });
    this.#closeMicrophone();
    const node = this.#context.createMediaStreamSource(stream);
    node.connect(this.#analyser);
    node.connect(this.#mute);
    this.#microphone = { stream, node };
    this.#tellWhenEnded(stream.getAudioTracks()[0], 'microphone');
    await this.wake();
  }

  /** Opens a camera or a screen; the picture before it is let go. */
  async openPicture(source: PictureSource, deviceId: string | null): Promise<void> {
    const stream =
      source === 'screen'
        ? await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30, max: 30 } }, audio: true })
        : await navigator.mediaDevices.getUserMedia({
            video: { ...pictureWanted, ...(deviceId === null ? {} : { deviceId: { exact: deviceId } }) },
          });
    this.dropPicture();
    const [soundTrack] = stream.getAudioTracks();
    const sound =
      soundTrack === undefined ? null : this.#context.createMediaStreamSource(new MediaStream([soundTrack]));
    sound?.connect(this.#output);
    this.#picture = { stream, sound };
    this.#tellWhenEnded(stream.getVideoTracks()[0], 'picture');
  }

  dropPicture(): void {
    this.#picture?.sound?.disconnect();
    stopTracks(this.#picture?.stream);
    this.#picture = null;
  }

  /** Asks the camera for fewer lines; a recorder must begin anew to take them. */
  async shrinkPicture(shorterSide: number): Promise<void> {
    const [track] = this.#picture?.stream.getVideoTracks() ?? [];
    const { width = 16, height = 9 } = track?.getSettings() ?? {};
    const scale = shorterSide / Math.min(width, height);
    await track?.applyConstraints({
      width: { ideal: Math.round(width * scale) },
      height: { ideal: Math.round(height * scale) },
      frameRate: { ideal: 30, max: 30 },
    });
  }

  /** Browsers let a page's audio run only after a gesture, or while it captures: called again at each press. */
  async wake(): Promise<void> {
    if (this.#context.state === 'suspended') {
      await this.#context.resume();
    }
  }

  set isMuted(isMuted: boolean) {
    this.#mute.gain.setTargetAtTime(isMuted ? 0 : 1, this.#context.currentTime, rampSeconds);
  }

  /** The picture alone, to show it to whoever is in it. */
  get preview(): MediaStream | null {
    return this.#picture?.stream ?? null;
  }

  /** The shorter side of the picture as it is captured now, in pixels. */
  get shorterSide(): number | null {
    const { width, height } = this.#picture?.stream.getVideoTracks()[0]?.getSettings() ?? {};
    return width === undefined || height === undefined ? null : Math.min(width, height);
  }

  /** What a recorder takes: the sound, and the picture if there is one. */
  recordable(): MediaStream {
    return new MediaStream([
      ...(this.#picture?.stream.getVideoTracks() ?? []),
      ...this.#output.stream.getAudioTracks(),
    ]);
  }

  get hasMicrophone(): boolean {
    return this.#microphone !== null;
  }

  /** The id of the microphone in use, as device lists name it; null also where the browser does not tell it. */
  get microphoneId(): string | null {
    return this.#microphone?.stream.getAudioTracks()[0]?.getSettings().deviceId ?? null;
  }

  get cameraId(): string | null {
    return this.#picture?.stream.getVideoTracks()[0]?.getSettings().deviceId ?? null;
  }

  /** Reads the microphone's level now; called by whoever draws the meter. */
  readLevel(): { level: SoundLevel; heldPeakDb: number; word: LevelWord } {
    if (this.#microphone !== null) {
      this.#analyser.getFloatTimeDomainData(this.#samples);
    } else {
      this.#samples.fill(0);
    }
    this.#meter.add(soundLevel(this.#samples), performance.now());
    return { level: this.#meter.shown, heldPeakDb: this.#meter.heldPeakDb, word: this.#meter.word() };
  }

  close(): void {
    this.#closeMicrophone();
    this.dropPicture();
    // Closing twice rejects, and then there is nothing left to close.
    this.#context.close().catch(() => undefined);
  }

  #closeMicrophone(): void {
    this.#microphone?.node.disconnect();
    stopTracks(this.#microphone?.stream);
    this.#microphone = null;
  }

  #tellWhenEnded(track: MediaStreamTrack | undefined, kind: 'microphone' | 'picture'): void {
    // `stop()` by ourselves does not fire it.
    track?.addEventListener('ended', () => this.#handlers.trackEnded(kind), { once: true });
  }
}

function stopTracks(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) {
    track.stop();
  }
}
