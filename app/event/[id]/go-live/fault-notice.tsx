import type { CaptureFault } from '../../../_publisher/capture-fault';
import { Button } from '../../../_ui/button';

/** A device that could not be opened: what happened and what to do. */
export function FaultNotice({ fault, onRetry }: { fault: CaptureFault; onRetry: () => void }) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 rounded-row bg-raised p-4 inset-ring-2 inset-ring-live"
    >
      <span className="min-w-0 grow basis-60">
        <span className="block font-semibold">{fault.title}</span>
        <span className="text-text-2">{fault.help}</span>
      </span>
      {fault.canRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
