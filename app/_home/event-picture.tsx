import { pick, seededRandom } from '../../server/share/seeded-random';

type Scene = { ground: string; stripe: string; line: string; ball: string };

const scenes: readonly [Scene, ...Scene[]] = [
  { ground: '#1f6b4a', stripe: '#ffffff', line: '#f7f4e3', ball: '#f7f4e3' },
  { ground: '#2a5a86', stripe: '#ffffff', line: '#f7f4e3', ball: '#e9a23b' },
  { ground: '#8c4a2f', stripe: '#ffe9a6', line: '#f7f4e3', ball: '#f7f4e3' },
  { ground: '#5a4a7a', stripe: '#ffffff', line: '#f7f4e3', ball: '#a9b665' },
];

/** A drawn ball over a ground, told apart by the event: decoration beside its name. */
export function EventPicture({ eventId, className }: { eventId: string; className?: string }) {
  const random = seededRandom(eventId);
  const scene = pick(random, scenes);
  const ballX = 78 + Math.round(random() * 34);
  const ballY = 30 + Math.round(random() * 18);
  return (
    <svg viewBox="0 0 150 122" preserveAspectRatio="xMidYMid slice" aria-hidden="true" className={className}>
      <rect width="150" height="122" fill={scene.ground} />
      <path d="M0 0h30v122H0zM60 0h30v122H60zM120 0h30v122h-30z" fill={scene.stripe} opacity=".06" />
      <circle cx="75" cy="122" r="46" fill="none" stroke={scene.line} strokeWidth="2.5" />
      <path d="M0 122H150" stroke={scene.line} strokeWidth="5" />
      <path
        d={`M20 82Q${ballX - 34} ${ballY - 4} ${ballX - 20} ${ballY - 2}`}
        stroke={scene.line}
        strokeWidth="3"
        strokeDasharray="2 7"
        strokeLinecap="round"
        fill="none"
      />
      <circle cx={ballX} cy={ballY} r="15" fill={scene.ball} />
      <path
        d={`M${ballX - 8} ${ballY - 12}q8 12 0 24M${ballX + 8} ${ballY - 12}q-8 12 0 24`}
        stroke="#15211b"
        strokeWidth="1.8"
        strokeDasharray="2.5 2"
        fill="none"
      />
    </svg>
  );
}
