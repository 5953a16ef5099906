// How well a value of a column is; none for most.

const GOOD = /^(Running|Ready|Active|Bound|Complete|Completed|Succeeded|Available|True)$/;
const BUSY = /^(Pending|ContainerCreating|PodInitializing|Init:\d+\/\d+|Terminating|Progressing|Suspended)$/;
const WARN = /^(Warning|Ready,SchedulingDisabled|Unknown)$/;
const BAD = /(Error|BackOff|Failed|Evicted|OOMKilled|NotReady|Lost|Invalid|Unschedulable)/;

export function toneOf(column, value) {
  if (column === 'Ready') {
    const [, ready, wanted] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
    return wanted !== undefined && ready !== wanted ? 'warn' : '';
  }
  if (column !== 'Status' && column !== 'Type') return '';
  if (GOOD.test(value)) return column === 'Type' ? '' : 'good';
  if (WARN.test(value)) return 'warn';
  if (column === 'Type') return '';
  if (BUSY.test(value)) return 'busy';
  return BAD.test(value) ? 'bad' : '';
}
