import { colours } from './colours.ts';

/** Style sheet of the mail's head: what inline styles cannot express. Clients without it show the light, wide mail. */
export const styleSheet = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 520px) {
  .page { width: 100% !important; }
  .edge { padding-left: 18px !important; padding-right: 18px !important; }
  .opening { font-size: 19px !important; }
  .kpi { display: block !important; width: auto !important; }
  .gap { display: none !important; }
}
@media (prefers-color-scheme: dark) {
  .background { background-color: #0d131a !important; }
  .card { background-color: #161f29 !important; }
  .text { color: #e9eef4 !important; }
  .muted { color: #9cabba !important; }
  .line { border-color: #283442 !important; }
  .box { border-color: #283442 !important; }
  .warn { background-color: #2a2214 !important; color: #f1c777 !important; }
  .warntext { color: #f1c777 !important; }
  .bad { color: #ff9d93 !important; }
  .button { background-color: #1d3b40 !important; color: #e9eef4 !important; }
  .picture { border-radius: 6px !important; }
}
`;

const font = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

/** Inline styles by what they are for. */
export const styles = {
  opening: `${font};font-size:21px;line-height:1.35;font-weight:600;color:${colours.text};margin:0`,
  heading: `${font};font-size:15px;line-height:1.4;font-weight:600;color:${colours.text};margin:0 0 8px 0`,
  body: `${font};font-size:15px;line-height:1.5;color:${colours.text};margin:0`,
  small: `${font};font-size:13px;line-height:1.5;color:${colours.muted};margin:0`,
  warning: `${font};font-size:15px;line-height:1.5;color:${colours.warn};background-color:${colours.warnBackground};padding:10px 14px;border-left:4px solid #d8962a`,
  value: `${font};font-size:24px;line-height:1.25;font-weight:700;color:${colours.text};margin:2px 0 4px 0`,
  image: `${font};font-size:13px;line-height:1.5;color:${colours.muted};display:block;width:100%;height:auto;border:0`,
  cell: `${font};font-size:14px;line-height:1.45;color:${colours.text};padding:6px 0 6px 0;border-top:1px solid ${colours.line}`,
  headCell: `${font};font-size:13px;line-height:1.45;font-weight:600;color:${colours.muted};padding:4px 0 4px 0`,
} as const;
