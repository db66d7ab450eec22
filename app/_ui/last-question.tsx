import { Button } from './button';

type LastQuestionProps = {
  /** what cannot be undone, in a sentence */
  warning: string;
  /** on the button that does it */
  yes: string;
  /** on the button that leaves all as it is */
  no: string;
  isBusy: boolean;
  onYes: () => void;
  onNo: () => void;
};

/**
 * Asks once more, in the place of the button that was pressed. The focus is on the answer that changes nothing, and so is
 * Escape; a tap does nothing at first, for the second one of a double tap is no answer.
 */
export function LastQuestion({ warning, yes, no, isBusy, onYes, onNo }: LastQuestionProps) {
  return (
    <fieldset
      className="flex flex-wrap items-center gap-2"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          onNo();
        }
      }}
    >
      <legend className="float-left mr-1 py-2.5 text-text-2">{warning}</legend>
      <span className="flex gap-2">
        <Button look="danger" className="animate-deaf" disabled={isBusy} onClick={onYes}>
          {yes}
        </Button>
        <Button look="quiet" autoFocus onClick={onNo}>
          {no}
        </Button>
      </span>
    </fieldset>
  );
}
