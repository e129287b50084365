// What the parameters of the rules mean, in Chinese, by rule and name. English comes with the rule itself (GET /rules).
// Kept apart from zh.ts: only the back-test page needs them, and it is loaded when somebody opens it.

type Words = Readonly<Record<string, string>>;

const NIGHT_STARTS = '夜间开始时刻';
const NIGHT: Words = { nightStartMinute: NIGHT_STARTS, nightEndMinute: '夜间结束时刻' };
const RARE_READINGS = '两次读数相隔超过此时长，不算持续';
const HOLD = '持续超限多久才报警（至少两次读数）';

export const ZH_PARAMETERS: Readonly<Record<string, Words>> = {
  inactivity: {
    nightStartMinute: NIGHT_STARTS,
    dayMs: '白天无活动多久报警',
    nightMs: '跨入夜间的无活动多久报警（卧室或卫生间有传感器）',
    nightWithoutBedroomMs: '跨入夜间的无活动多久报警（卧室、卫生间都没有传感器）',
    capMs: '无活动达到此时长必定报警',
    dayStartMinute: '白天开始时刻',
    learnedAfterMs: '在家累计多久后改用学到的作息判断',
    floorMs: '学到的阈值不短于',
    nightFloorMs: '同上，夜里开始的静止（卫生间除外）',
    usualFactor: '须为平时最长静止时长的几倍',
    usualMarginMs: '在此之上再加',
    stayMs: '只有一个房间的信号或零星触发，持续多久报警',
    placeShare: '按时段缩短时，不低于该地点阈值的比例（就寝时间会变）',
    placeLeastMs: '上一项最多要求的时长（同一房间夜里睡觉、白天也坐）',
    hourShare: '按地点缩短时，不低于该时段阈值的比例（习惯和设备会变）',
    nightShare: '上一项比例，用于夜里开始的静止（卫生间除外）',
    occupiedShare: '同上，床垫或坐垫仍有人时',
    askBeforeMs: '报警前多久由家中终端先询问老人；0 为不询问',
    doubtFactor: '在家仅一天时倍数另加的量，两天减半',
  },
  'bathroom-stay': {
    usualFactor: '须为平时最长停留的几倍',
    doubtFactor: '在家仅一天时另加最短停留的比例，两天减半',
    alertMs: '在卫生间停留至少多久才报警',
    hardMs: '按习惯最多放宽到；平时更久的住所不由本规则判断',
    marginMs: '在此之上再加',
  },
  'not-up': {
    byMinute: '学到起床时间之前，应在此时刻前起床',
    earliestMinute: '无论平时多早起，不早于此时刻判断',
    marginMinutes: '晚于平时最晚起床时间多少分钟',
    doubtMornings: '只了解这么多个早晨时余量加倍，之后逐渐减小',
  },
  'out-of-bed': {
    ...NIGHT,
    isOn: '启用本规则',
    outMs: '离床且没有任何信号多久报警',
    risingMinutes: '比平时起床早多少分钟以内离床，视为起床',
  },
  'away-too-long': {
    alertMs: '未申报外出达到此时长升级',
    noticeMs: '未申报外出达到此时长提示',
    overdueMs: '申报的外出结束后多久未归视为逾期',
  },
  'long-unheard': { afterMs: '多久没有任何动静须再次核实' },
  'unseen-home': { afterMs: '看不到住所多久后须上门查看' },
  'low-battery': { lowPct: '电量不高于此值，须更换', recoveredPct: '电量不低于此值，视为已更换' },
  'sensor-stuck': { onMs: '传感器持续触发、不再可信多久后报告' },
  'night-exit': { ...NIGHT, isOn: '夜间外出提醒', returnMs: '应在此时长内返回' },
  'door-open': { isOn: '监测入户门未关', openMs: '开门多久报警' },
  'door-unchanged': {
    isOn: '监测长时间未开关的门',
    unchangedMs: '多久未开关报警',
    everyHome: '有其他传感器的住所也适用',
  },
  'water-low': {
    isOn: '监测用水过少',
    dayStartMinute: '白天开始时刻',
    nightStartMinute: NIGHT_STARTS,
    liters: '窗口内用水少于此量报警',
    windowMs: '统计用水的窗口',
    leastDayMs: '窗口延长到至少含多少白天时间；0 为不分昼夜',
    staleMs: '读数早于此时长不据以报警；日抄表须设得更长',
  },
  'water-high': {
    isOn: '监测用水过多',
    liters: '窗口内用水多于此量报警',
    windowMs: '统计用水的窗口',
  },
  'water-continuous': {
    isOn: '监测长流水',
    slots: '连续多少个半小时有水流报警',
    unreadSlots: '其中允许多少个半小时没有读数',
  },
  'vital-signs': {
    isOn: '监测生命体征',
    staleMs: RARE_READINGS,
    holdMs: HOLD,
    heartRateHighBpm: '心率高于',
    heartRateLowBpm: '心率低于',
    spo2LowPct: '血氧饱和度低于',
    respirationHigh: '呼吸频率高于',
    respirationLow: '呼吸频率低于',
    systolicHighMmhg: '收缩压高于',
    diastolicHighMmhg: '舒张压高于',
    systolicLowMmhg: '收缩压低于',
    marginBpm: '心率回到界内多少才算恢复',
    marginPct: '血氧回到界上多少才算恢复',
    marginBreaths: '呼吸回到界内多少才算恢复',
    marginMmhg: '血压回到界内多少才算恢复',
  },
  temperature: {
    isOn: '监测室温过低或过高',
    staleMs: RARE_READINGS,
    holdMs: HOLD,
    coldC: '室温低于',
    heatC: '室温高于',
    marginC: '回到界内多少才算恢复',
  },
  wandering: {
    holdMs: '两次在外定位至少相隔',
    homeLatitude: '住所纬度（WGS 84）；经纬度都为 0 表示不监测',
    homeLongitude: '住所经度（WGS 84）',
    radiusM: '离家超过此距离报警',
    backM: '离家近于此距离视为返回（不大于上一项）',
  },
  'missed-test': { isOn: '要求定期测试按钮', windowMs: '至少多久按一次' },
  'missed-checkin': { isOn: '要求每日报平安', byMinute: '每日报平安的最晚时刻' },
  drift: {
    isOn: '提示数周间的生活变化',
    sleepPct: '睡眠变化达到此比例提示',
    activityPct: '活动量变化达到此比例提示',
    nightToiletPct: '夜间如厕变化达到此比例提示',
    outingsPct: '外出变化达到此比例提示',
    deviations: '变化还须超过平时一周的几个标准差',
  },
};
