import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { samplePage } from './sample.ts';
import { type SiteScene, startSiteScene } from './scene.ts';
import { expectedHeaders, securityHeadersOf } from './security-headers.ts';
import { type Visitor, visitorOf } from './visitor.ts';

describe('the pages', () => {
  let site: SiteScene;
  let owner: Visitor;
  before(async () => {
    site = await startSiteScene();
    owner = visitorOf(site.origin);
    await owner.signIn();
  });
  after(() => site.close());

  test('days link to the previous and the next that has a summary', async () => {
    const stepsOf = async (day: string) =>
      [...(await owner.get(`/day/${day}`)).body.matchAll(/rel="(prev|next)" href="([^"]+)"/g)].map(
        ([, rel, href]) => `${rel} ${href}`,
      );
    assert.deepEqual(await stepsOf('2025-11-30'), ['prev /day/2025-11-29']);
    assert.deepEqual(await stepsOf('2025-11-27'), ['prev /day/2025-10-31', 'next /day/2025-11-28']);
    assert.deepEqual(await stepsOf('2025-10-31'), ['next /day/2025-11-27']);
  });

  test('the calendar shows the newest month, its days, and the way to others', async () => {
    const { body } = await owner.get('/calendar');
    assert.deepEqual(
      [...body.matchAll(/<td><a class="" href="([^"]+)"/g)].map(([, href]) => href),
      ['/day/2025-11-27', '/day/2025-11-28', '/day/2025-11-29', '/day/2025-11-30'],
    );
    assert.match(body, /href="\/calendar\/2025-10"/);
    assert.match((await owner.get('/calendar/2024-01')).body, /There are no summaries for this month/);
  });

  test('a table comes as CSV under a descriptive name', async () => {
    const { headers, body } = await owner.get('/day/2025-11-30/table/top-products.csv');
    assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.equal(headers.get('content-disposition'), 'attachment; filename="top-products-2025-11-30.csv"');
    assert.equal(body.split('\r\n')[1], 'Ali Shan spring 100 g,31,1829,210,"Lin & Sons, Chiayi"');
  });

  test('nothing of a page can become markup', async () => {
    const hostile = '"><img src=x onerror=alert(1)>\'<script>alert(2)</script>&';
    const [kpi, , , , chart, , bars, table, , note, failed] = samplePage('2025-10-01').blocks;
    assert.ok(
      kpi?.kind === 'kpi' &&
        chart?.kind === 'series' &&
        bars?.kind === 'series' &&
        table?.kind === 'table' &&
        note &&
        failed,
    );
    site.save(
      samplePage('2025-10-01', {
        title: hostile,
        opening: hostile,
        warnings: [hostile],
        assumptions: [hostile],
        backup: { ok: false, message: hostile },
        blocks: [
          {
            ...kpi,
            title: hostile,
            value: hostile,
            anomaly: hostile,
            comparisons: [{ to: hostile, change: hostile, direction: 'up' }],
          },
          {
            ...chart,
            title: hostile,
            alt: hostile,
            points: chart.points.map((point) => ({ ...point, label: hostile, formatted: hostile })),
          },
          {
            ...bars,
            title: hostile,
            points: bars.points.map((point) => ({ ...point, label: hostile, formatted: hostile })),
          },
          { ...table, title: hostile, columns: [{ title: hostile, align: 'left' }], rows: [[hostile]] },
          { kind: 'text', id: 'n', title: hostile, text: hostile },
          { kind: 'failed', id: 'f', title: hostile, reason: hostile },
        ],
      }),
    );
    for (const path of ['/day/2025-10-01', '/calendar/2025-10']) {
      const { body } = await owner.get(path);
      assert.match(body, /&lt;script&gt;alert\(2\)/);
      assert.doesNotMatch(body, /<img|<script>|'<s|"><i/);
    }
  });

  test('a summary is shown as it was stored, whatever its language and however odd its numbers', async () => {
    const [kpi, , , , chart] = samplePage('2025-10-02').blocks;
    assert.ok(kpi?.kind === 'kpi' && chart?.kind === 'series');
    for (const [locale, points] of [
      ['ms-MY', []],
      ['xx-nonsense-', [{ label: 'a', value: null, formatted: '–' }]],
      ['', [{ label: 'a', value: 0, formatted: '0' }]],
    ] as const) {
      site.save(
        samplePage('2025-10-02', {
          locale,
          blocks: [
            { ...kpi, sparkline: [null, 1e300, null] },
            { ...chart, points },
          ],
        }),
      );
      const { code, body } = await owner.get('/day/2025-10-02');
      assert.equal(code, 200, locale);
      assert.doesNotMatch(body, /NaN|Infinity|undefined|\[object/);
    }
  });

  test('the status page shows both jobs', async () => {
    site.sent('2025-11-26', 'uncertain');
    const at = Temporal.Instant.from('2025-11-30T18:00:00Z');
    const good = site.history.startRun('backup', 'shop', at.subtract({ hours: 24 }));
    site.history.updateRun(good, {
      key: 'k',
      archiveBytes: 85.6 * 2 ** 20,
      snapshotBytes: 260 * 2 ** 20,
      rows: 3_223_919,
    });
    site.history.recordVerification('k', 'verified', at);
    site.history.finishRun(good, 'succeeded', at.subtract({ hours: 24 }).add({ seconds: 41 }));
    const failed = site.history.startRun('backup', 'shop', at);
    const error = { code: 'STORE_BUSY', message: 'The store was busy.' };
    site.history.finishRun(failed, 'failed', at.add({ seconds: 60 }), error);
    site.history.recordListing('shop', {
      at: at.add({ minutes: 1 }),
      rungs: [
        { rung: 'daily', backups: 20, bytes: 1.67 * 2 ** 30 },
        { rung: 'yearly', backups: 3, bytes: 200 * 2 ** 20 },
      ],
    });
    const { body } = await owner.get('/status');
    for (const text of [
      'Backups of shop in the store, as a run listed them 6 h 29 min ago',
      '<td class="right">20</td><td class="right">1.67 GiB</td>',
      'Summary of 2025-11-30: Sent to 2 of 2 people.',
      'Sent to 1 of 2 people, 1 uncertain.',
      'owner@shop.test, partner@shop.test (uncertain)',
      '3.2 s</td><td class="right">42.7 KiB',
      '<p class="state bad">Backup of shop: newest good backup is 30 h 30 min old, over the limit of 26 h 00 min; the last run (2025-12-01 02:00:00, 6 h 30 min ago) failed at start: The store was busy.',
      '<td class="right">41 s</td><td class="right">85.6 MiB</td><td class="right">260 MiB</td><td class="right">3,223,919</td>',
      'The store was busy.',
    ]) {
      assert.ok(body.includes(text), text);
    }
  });

  test('mails that went to the outbox were written, not sent', async (t) => {
    t.after(() => site.sent('2025-11-30', 'accepted'));
    const message = 'Sent to 0 of 2 people; 2 written to /state/outbox, not sent: SMTP_HOST was not set.';
    site.written('2025-11-30');
    const { body } = await owner.get('/status');
    assert.ok(body.includes(`<p class="state good">Summary of 2025-11-30: ${message}</p>`), body);
  });

  test('yesterday counts as missing once its summary was due at 08:00, and not before', async (t) => {
    t.after(() => site.setClock('2025-12-01T08:30'));
    const firstOf = async () => /Summary of ([^<]*)</.exec((await owner.get('/status')).body)?.[1];
    site.setClock('2025-12-02T07:59');
    assert.equal(await firstOf(), '2025-11-30: Sent to 2 of 2 people.');
    site.setClock('2025-12-02T08:01');
    assert.equal(await firstOf(), '2025-12-01: No summary was created.');
  });
});

test('a state that cannot be read is an error page without details, and the log has the reason', async (t) => {
  const site = await startSiteScene();
  t.after(() => site.close());
  const owner = visitorOf(site.origin);
  await owner.signIn();
  site.save({ ...samplePage('2025-11-30'), madeAt: 'no instant' });
  const { code, body, headers } = await owner.get('/day/2025-11-30');
  assert.deepEqual({ code, body }, { code: 500, body: 'The page cannot be shown; the log of the service says why.\n' });
  assert.deepEqual(securityHeadersOf(headers), expectedHeaders);
  assert.match(site.lines.join('\n'), /ERROR UNEXPECTED/);
});
