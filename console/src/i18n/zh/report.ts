/** Chinese words of the report form. */

export const report = {
  'report.title': '发生了什么',
  'report.choose': '请选择',
  'report.place': '地点描述',
  'report.unknown': '未知',
  'report.tap': '在地图上点选位置，或用方向键移动后按回车取中心（可不选）',
  'report.here': '用我的位置',
  'report.do': '上报',
} as const;
