import { feedXml, startTestFeed } from '../server/score/test-feed';
import { OnAir } from './fixtures/on-air';
import { expect, test } from './fixtures/zyzz-test';

test('the board follows the feed at the fan’s own playhead, and says when the scorer falls silent', async ({
  browser,
  zyzz,
  page: fan,
}) => {
  await using onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'audio' });
  const feed = await startTestFeed();
  try {
    const { eventId, api } = onAir;
    const score = fan.getByRole('region', { name: 'Score' });
    const player = fan.getByRole('region', { name: 'Player' });
    await fan.goto(`/event/${eventId}`);
    await expect(player.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(score).toContainText('No scorer yet');

    await api.events.update.mutate({ eventId, matchUrl: `http://127.0.0.1:${feed.port}/nep_ken/` });
    await expect(score).toContainText('Nepal 131 for 4 after 15.3 overs, 34 needed from 27.');
    feed.answer = (_request, response) =>
      response.end(feedXml({ runs: 132, wickets: 5, overs: '15.4', status: '<b>Gurung</b> run out' }));
    await expect(score).toContainText('Nepal 132 for 5 after 15.4 overs');
    await expect(fan.getByText('Wicket. Nepal 132 for 5.')).toBeAttached();
    await expect(score.locator('b', { hasText: 'Gurung' })).toHaveCount(0);
    const contract = await fan.request.get(`/api/cricbuzz/${eventId}/`);
    expect((await contract.json()).MatchInfo.Score.BattingTeam.Innings[0]).toMatchObject({ Runs: '132', Wickets: '5' });

    // Back to the first words of the broadcast: nobody was out then.
    await player.getByRole('slider', { name: 'Time' }).press('Home');
    await expect(score).toContainText('Waiting for the scorer');
    await player.getByRole('button', { name: 'Go to live' }).click();
    await expect(score).toContainText('Nepal 132 for 5');

    feed.answer = (_request, response) => response.writeHead(503).end();
    await expect(score).toContainText('Scorer last heard at');
    await expect(score).toContainText('Nepal 132 for 5');
  } finally {
    await feed.close();
  }
});
