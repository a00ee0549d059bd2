/** Chinese words of the map. */

export const map = {
  'map.label': '城市地图；其内容在旁边的列表中以文字给出',
  'map.legend': '图例',
  'map.zoomIn': '放大',
  'map.zoomOut': '缩小',
  'map.home': '全城',
  'map.filter': '筛选传感器',
  'map.search': '名称或编号',
  'map.notNormal': '非正常',
  'map.count': '{shown} / {all} 个传感器',
} as const;
