export type Device = { id: string; label: string };
export type DeviceLists = { microphones: Device[]; cameras: Device[] };

export const noDevices: DeviceLists = { microphones: [], cameras: [] };

/** The devices as a person picks them. Before a permission is given they have no names, and then none is offered. */
export async function listDevices(): Promise<DeviceLists> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const named = (kind: MediaDeviceKind) =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== '' && device.label !== '')
      .map((device) => ({ id: device.deviceId, label: device.label }));
  return { microphones: named('audioinput'), cameras: named('videoinput') };
}
