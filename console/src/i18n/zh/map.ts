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
  'map.layers': '其他图层',
  'map.nearer': '放大地图后显示部件',
  'map.cut': '此处太多，放大后显示全部',
  'map.listed': '图上的队伍、泵站、物资和部件：{count}',
} as const;
