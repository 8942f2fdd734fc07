import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { protection, protective } from './protection.ts';
import { samplePage } from './sample.ts';
import { type SiteScene, serveSite } from './scene.ts';
import { type Visitor, visitorOf } from './visitor.ts';

describe('the pages', () => {
  let site: SiteScene;
  let _stranger: Visitor;
  let owner: Visitor;
  before(async () => {
    site = await serveSite();
    _stranger = visitorOf(site.origin);
    owner = visitorOf(site.origin);
    await owner.signIn();
  });
  after(() => site.close());

  test('one goes from day to day, over days without a summary', async () => {
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
    assert.match((await owner.get('/calendar/2024-01')).body, /No summary is kept of this month/);
  });

  test('a table comes as CSV under a name that says what it is', async () => {
    const { headers, body } = await owner.get('/day/2025-11-30/table/top-products.csv');
    assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.equal(headers.get('content-disposition'), 'attachment; filename="top-products-2025-11-30.csv"');
    assert.equal(body.split('\r\n')[1], 'Ali Shan spring 100 g,31,1829,210,"Lin & Sons, Chiayi"');
  });

  test('nothing of a page can become markup', async () => {
    const evil = '"><img src=x onerror=alert(1)>\'<script>alert(2)</script>&';
    const [tile, , , , chart, , bars, table, , note, failed] = samplePage('2025-10-01').blocks;
    assert.ok(
      tile?.kind === 'tile' &&
        chart?.kind === 'chart' &&
        bars?.kind === 'chart' &&
        table?.kind === 'table' &&
        note &&
        failed,
    );
    site.keep(
      samplePage('2025-10-01', {
        title: evil,
        opening: evil,
        warnings: [evil],
        assumptions: [evil],
        backup: { ok: false, message: evil },
        blocks: [
          {
            ...tile,
            title: evil,
            value: evil,
            anomaly: evil,
            comparisons: [{ to: evil, change: evil, direction: 'up' }],
          },
          {
            ...chart,
            title: evil,
            alt: evil,
            points: chart.points.map((point) => ({ ...point, label: evil, shown: evil })),
          },
          { ...bars, title: evil, points: bars.points.map((point) => ({ ...point, label: evil, shown: evil })) },
          { ...table, title: evil, columns: [{ title: evil, align: 'left' }], rows: [[evil]] },
          { kind: 'note', id: 'n', title: evil, text: evil },
          { kind: 'failed', id: 'f', title: evil, reason: evil },
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
    const [tile, , , , chart] = samplePage('2025-10-02').blocks;
    assert.ok(tile?.kind === 'tile' && chart?.kind === 'chart');
    for (const [locale, points] of [
      ['ms-MY', []],
      ['xx-nonsense-', [{ label: 'a', value: null, shown: '–' }]],
      ['', [{ label: 'a', value: 0, shown: '0' }]],
    ] as const) {
      site.keep(
        samplePage('2025-10-02', {
          locale,
          blocks: [
            { ...tile, spark: [null, 1e300, null] },
            { ...chart, points },
          ],
        }),
      );
      const { code, body } = await owner.get('/day/2025-10-02');
      assert.equal(code, 200, locale);
      assert.doesNotMatch(body, /NaN|Infinity|undefined|\[object/);
    }
  });

  test('the status says of both jobs what became of them', async () => {
    site.sent('2025-11-26', 'uncertain');
    const at = Temporal.Instant.from('2025-11-30T18:00:00Z');
    const good = site.history.begin('backup', 'shop', at.subtract({ hours: 24 }));
    site.history.note(good, { key: 'k', archiveBytes: 85.6 * 2 ** 20, snapshotBytes: 260 * 2 ** 20, rows: 3_223_919 });
    site.history.prove('k', 'proven', at);
    site.history.finish(good, 'succeeded', at.subtract({ hours: 24 }).add({ seconds: 41 }));
    const failed = site.history.begin('backup', 'shop', at);
    const trouble = { code: 'STORE_BUSY', message: 'The store was busy.' };
    site.history.finish(failed, 'failed', at.add({ seconds: 60 }), trouble);
    const { body } = await owner.get('/status');
    for (const said of [
      'Summary of 2025-11-30: Sent to 2 of 2 people.',
      'Sent to 1 of 2 people, 1 uncertain.',
      'owner@shop.test, partner@shop.test (uncertain)',
      '3.2 s</td><td class="right">42.7 KiB',
      '<p class="state bad">Backup of shop: newest good backup is 30 h 30 min old, over the limit of 26 h 00 min; the last run (2025-12-01 02:00:00, 6 h 30 min ago) failed at start: The store was busy.',
      '<td class="right">41 s</td><td class="right">85.6 MiB</td><td class="right">260 MiB</td><td class="right">3,223,919</td>',
      'The store was busy.',
    ]) {
      assert.ok(body.includes(said), said);
    }
  });

  test('yesterday counts as missing once its summary was due at 08:00, and not before', async (t) => {
    t.after(() => site.setClock('2025-12-01T08:30'));
    const firstOf = async () => /Summary of ([^<]*)</.exec((await owner.get('/status')).body)?.[1];
    site.setClock('2025-12-02T07:59');
    assert.equal(await firstOf(), '2025-11-30: Sent to 2 of 2 people.');
    site.setClock('2025-12-02T08:01');
    assert.equal(await firstOf(), '2025-12-01: No summary was made.');
  });
});

test('a state that cannot be read is an error page without a word of what was in it, and the log says why', async (t) => {
  const site = await serveSite();
  t.after(() => site.close());
  const owner = visitorOf(site.origin);
  await owner.signIn();
  site.keep({ ...samplePage('2025-11-30'), madeAt: 'no instant' });
  const { code, body, headers } = await owner.get('/day/2025-11-30');
  assert.deepEqual({ code, body }, { code: 500, body: 'The page cannot be shown; the log of the service says why.\n' });
  assert.deepEqual(protection(headers), protective);
  assert.match(site.lines.join('\n'), /ERROR UNEXPECTED/);
});
