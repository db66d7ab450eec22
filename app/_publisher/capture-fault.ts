/** Why a device could not be opened, in the words of whoever holds it. */
export type CaptureFault = { title: string; help: string; canRetry: boolean };

type Device = 'microphone' | 'camera' | 'screen';

/** Turns the error of `getUserMedia` or `getDisplayMedia` into words; null when the person simply changed their mind. */
export function captureFault(device: Device, error: unknown): CaptureFault | null {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    if (device === 'screen') {
      return null;
    }
    return {
      title: `Your browser does not let zyzz use the ${device}`,
      help: `Allow the ${device} in the address bar's site settings, then try again.`,
      canRetry: true,
    };
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return {
      title: `No ${device} was found`,
      help: device === 'screen' ? 'This device cannot share its screen.' : `Plug a ${device} in, then try again.`,
      canRetry: true,
    };
  }
  if (name === 'NotReadableError' || name === 'AbortError') {
    return {
      title: `The ${device} is in use`,
      help: `Close the other app that uses the ${device}, then try again.`,
      canRetry: true,
    };
  }
  return {
    title: `The ${device} could not be opened`,
    help: 'Going live needs a current browser and a secure (https) page.',
    canRetry: false,
  };
}
