// A filter in words: "due before 7 days after today, and (priority high or above, or tagged errand), and not blocked".
import { dateInWords } from './dates.js';
import { FIELDS, FLAGS, type Comparison, type FilterNode, type Operator, type Value } from './filter.js';

const ORDER: Readonly<Record<string, Partial<Record<Operator, string>>>> = {
  instant: { '<': 'before', '<=': 'by the end of', '>': 'after', '>=': 'from', '!=': 'not' },
  day: { '<': 'before', '<=': 'by', '>': 'after', '>=': 'from', '!=': 'not' },
  rank: { '<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least', '!=': 'not' },
  duration: { '<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least', '!=': 'not' },
};

export function describeFilter(node: FilterNode): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.map((one) => grouped(one, node.kind)).join(node.kind === 'and' ? ' and ' : ' or ');
    case 'not':
      return `not ${node.node.kind === 'and' || node.node.kind === 'or' ? `(${describeFilter(node.node)})` : describeFilter(node.node)}`;
    case 'text':
      return `containing “${node.text}”`;
    case 'flag':
      return FLAGS[node.flag];
    case 'comparison':
      return describeComparison(node);
  }
}

function grouped(node: FilterNode, within: 'and' | 'or'): string {
  const words = describeFilter(node);
  return (node.kind === 'and' || node.kind === 'or') && node.kind !== within ? `(${words})` : words;
}

function describeComparison({ field, operator, values }: Comparison): string {
  const { type, phrase } = FIELDS[field];
  const [first] = values;
  if (values.length === 1 && first?.kind === 'none')
    return operator === ':' ? `without ${phrase}` : `with any ${phrase}`;
  const listed = values.map(valueInWords);
  const several = `${listed.slice(0, -1).join(', ')}${listed.length > 1 ? ' or ' : ''}${listed.at(-1) ?? ''}`;
  if (type === 'title') return `title ${operator === ':' ? 'containing' : 'not containing'} ${several}`;
  const relation = ORDER[type]?.[operator] ?? (operator === '!=' ? 'not' : '');
  return [phrase, relation, several].filter((part) => part !== '').join(' ');
}

function valueInWords(value: Value): string {
  switch (value.kind) {
    case 'none':
      return 'none';
    case 'text':
      return /\s/.test(value.text) ? `“${value.text}”` : value.text;
    case 'date':
      return dateInWords(value.date);
    case 'duration':
      return value.iso.replace(/^PT?/, '').replace('T', ' ').toLowerCase();
  }
}
