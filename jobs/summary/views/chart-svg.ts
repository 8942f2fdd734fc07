import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type EChartsCoreOption, init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { localeFormat } from '../blocks/locale-format.ts';
import type { SeriesBlock } from '../page/page-model.ts';
import type { Picture } from './block-view.ts';
import { fontFamily } from './chart-font.ts';
import { isBarList } from './chart-layout.ts';
import { colours } from './colours.ts';
import { sparklineBounds } from './plot.ts';

use([LineChart, BarChart, GridComponent, SVGRenderer]);
// ECharts measures text to place labels, and there is no canvas here: the mean width of DejaVu Sans is close enough.
setPlatformAPI({ measureText: (text, font) => ({ width: text.length * 0.6 * sizeOf(font) }) });

const chartWidth = 460;
const lineHeight = 200;
const barHeight = 34;
const labelFont = { fontFamily, fontSize: 13, color: colours.muted };

/** A series as it is drawn in the mail. */
export function chartPicture(chart: SeriesBlock, locale: string): Picture {
  if (!isBarList(chart)) return picture(chartWidth, lineHeight, plotOption(chart, locale));
  return picture(chartWidth, chart.points.length * barHeight + 12, barOption(chart.points));
}

/** The last days of a KPI as a line without axes, its last point marked. */
export function sparklinePicture(values: readonly (number | null)[]): Picture {
  const { low, high } = sparklineBounds(values);
  const last = values.length - 1;
  return picture(160, 36, {
    animation: false,
    grid: { left: 4, right: 6, top: 5, bottom: 5 },
    xAxis: { type: 'category', show: false, boundaryGap: false, data: values.map((_, index) => index) },
    yAxis: { type: 'value', show: false, min: low, max: high },
    series: [
      {
        ...lineSeries,
        lineStyle: { color: colours.accent, width: 1.5 },
        areaStyle: undefined,
        data: values.map((value, index) =>
          index === last && value !== null ? lastPoint(value, 5) : { value: value ?? '-', symbol: 'none' },
        ),
      },
    ],
  });
}

const lineSeries = {
  type: 'line',
  silent: true,
  connectNulls: false,
  showAllSymbol: true,
  itemStyle: { color: colours.accent },
  lineStyle: { color: colours.accent, width: 2 },
  areaStyle: { color: colours.accent, opacity: 0.1 },
};

function plotOption({ style, points }: SeriesBlock, locale: string): EChartsCoreOption {
  const { tick } = localeFormat(locale);
  const max = Math.max(...points.map(({ value }) => Math.abs(value ?? 0)));
  const labelStep = Math.max(1, Math.ceil(points.length / 7));
  return {
    animation: false,
    grid: { left: 8, right: 12, top: 14, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      boundaryGap: style === 'bar',
      data: points.map(({ label }) => label),
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: {
        ...labelFont,
        hideOverlap: true,
        interval: (index: number) => (points.length - 1 - index) % labelStep === 0,
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      axisLabel: { ...labelFont, formatter: (value: number) => tick(value, max / 4) },
      splitLine: { lineStyle: { color: colours.line } },
    },
    series: [style === 'bar' ? columnsOf(points) : lineOf(points)],
  };
}

function columnsOf(points: SeriesBlock['points']) {
  const last = points.length - 1;
  const data = points.map(({ value }, index) => ({
    value: value ?? '-',
    itemStyle: { color: colours.accent, opacity: index === last ? 1 : 0.55 },
  }));
  return { type: 'bar', silent: true, barCategoryGap: '25%', data };
}

function lineOf(points: SeriesBlock['points']) {
  return {
    ...lineSeries,
    data: points.map(({ value }, index) =>
      index === points.length - 1 && value !== null
        ? lastPoint(value, 8)
        : { value: value ?? '-', symbol: isIsolated(points, index) ? 'circle' : 'none', symbolSize: 4 },
    ),
  };
}

function barOption(points: SeriesBlock['points']): EChartsCoreOption {
  const longest = Math.max(...points.map(({ formatted }) => formatted.length), 0);
  return {
    animation: false,
    grid: { left: 140, right: longest * 8 + 12, top: 4, bottom: 8 },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: points.map(({ label }) => label),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...labelFont, fontSize: 13, color: colours.text, width: 128, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: 16,
        itemStyle: { color: colours.accent, borderRadius: 3 },
        label: {
          ...labelFont,
          show: true,
          position: 'right',
          fontSize: 13,
          color: colours.text,
          formatter: ({ dataIndex }: { dataIndex: number }) => points[dataIndex]?.formatted ?? '',
        },
        data: points.map(({ value }) => value ?? 0),
      },
    ],
  };
}

/** A point between two days without data is seen only as a dot. */
function isIsolated(points: SeriesBlock['points'], index: number): boolean {
  const isEmpty = (at: number) => (points[at]?.value ?? null) === null;
  return isEmpty(index - 1) && isEmpty(index + 1);
}

function lastPoint(value: number, size: number) {
  return { value, symbol: 'circle', symbolSize: size };
}

function picture(width: number, height: number, option: EChartsCoreOption): Picture {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ ...option, textStyle: labelFont, backgroundColor: '#ffffff' });
    return { svg: chart.renderToSVGString(), width, height };
  } finally {
    chart.dispose();
  }
}

function sizeOf(font: string | undefined): number {
  return Number(/(\d+(?:\.\d+)?)px/.exec(font ?? '')?.[1] ?? 12);
}
