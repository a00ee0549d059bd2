/** What is wrong with a rule file, said in the language of the screen. */

import { phrasebook, type Phrase } from '../i18n/phrases';
import { spoken } from './said';

/** How the readers of rules write what they expected and what they got: whole phrases before their parts. */
const PHRASES: readonly Phrase[] = [
  [' in line (\\d+), column (\\d+) of the expression$', 'fault.placed'],
  ['^at most (\\d+) characters$', 'fault.charactersMost'],
  ['^at most (\\d+) days$', 'fault.daysMost'],
  ['^an id other than that of the rule at (.+)$', 'fault.otherId'],
  ['^a name other than that of the schedule at (.+)$', 'fault.otherName'],
  ['^no `quantity`: events have none$', 'fault.noEvents'],
  ["^no `quantity`: it is the rule's$", 'fault.noOwn'],
  ['^no `quantity` in `select`: each of the `values` has its own$', 'fault.noneInSelect'],
  ['^no `hold`: a reading counts at once$', 'fault.noHold'],
  ['^no `hold`: the levels have it$', 'fault.noHoldEach'],
  ['^no `learn`: the interval is the registered one$', 'fault.noLearn'],
  ['^no (.+?) in a rule whose levels say (.+)$', 'fault.noKey'],
  ['^a `clear` that is not (.+) the limit$', 'fault.clear'],
  ['^the lower number first$', 'fault.lower'],
  ['^two numbers, `\\[low, high\\]`$', 'fault.twoNumbers'],
  ['^the same side as (.+)$', 'fault.sameSide'],
  ['^a limit beyond that of (.+?), (.+)$', 'fault.beyond'],
  ['^to clear no later than (.+?), (.+)$', 'fault.clearLater'],
  ['^to come later than (.+?), (.+)$', 'fault.later'],
  ['^more than (.+) has$', 'fault.moreThan'],
  ['^more than (.+) intervals$', 'fault.moreIntervals'],
  ['^all levels with (.+?) or all with (.+)$', 'fault.allLevels'],
  ['^(.+) at least as urgent as the level below it$', 'fault.urgent'],
  ['^at least one of (.+)$', 'fault.levels'],
  ['^either `levels` or `exempt: true`$', 'fault.eitherExempt'],
  ['^either (.+?) or (.+)$', 'fault.either'],
  ['^one of (.+?), or a radius up to 50 km such as (.+)$', 'fault.neverSame'],
  ['^at most (.+) numbers, names and operators$', 'fault.formulaParts'],
  ['^at most (.+) parts within each other$', 'fault.formulaDeep'],
  ['^(.+?) in the brackets of (.+)$', 'fault.inBrackets'],
  ['^`then`, `without` or both, of (.+) steps at most$', 'fault.steps'],
  ['^(.+), one of the `values`, in the expression$', 'fault.valuesInUse'],
  ['^(.+?) to (.+) values$', 'fault.someValues'],
  ['^a name of letters, digits and `_` that is no function$', 'fault.nameOfLetters'],
  ['^`same` and `within`, to know neighbours by$', 'fault.neighbours'],
  ['^it only where a rule is `against` neighbours, or both$', 'fault.onlyNeighbours'],
  ['^a field that several sensors share, or a radius$', 'fault.shared'],
  ['^a score above 0 and below (.+)$', 'fault.scoreBelow'],
  ['^to `learn` for at least twice as long as it has `memory`$', 'fault.learnTwice'],
  ['^a quantity in (.+), for a difference$', 'fault.inUnit'],
  ['^a quantity that moves, or `except_at` with the states that may stay$', 'fault.moves'],
  ['^`per`, the time in which such a step is impossible$', 'fault.perStep'],
  ['^a share above 0, at most 100 percent$', 'fault.share'],
  ['^(.+) sensors or more$', 'fault.sensors2'],
  ['^(.+) alarm or more$', 'fault.alarms1'],
  ['^(.+) changes or more$', 'fault.changes'],
  ['^(.+) interval or more$', 'fault.interval1'],
  ['^`true`, or `\\{against: a rule\\}`$', 'fault.shadow'],
  ['^a priority from 1 \\(most urgent\\) to 5$', 'fault.priority'],
  ['^`not` alone$', 'fault.notAlone'],
  ['^at least one day$', 'fault.oneDay'],
  ['^at least one span of hours$', 'fault.oneSpan'],
  ['^at least one condition$', 'fault.oneCondition'],
  ['^at least one word$', 'fault.oneWord'],
  ['^at least one event$', 'fault.oneEvent'],
  ['^hours such as (.+)$', 'fault.hours'],
  ['^an end other than the start, and a start before 24:00$', 'fault.otherEnd'],
  ['^first and last day, such as (.+)$', 'fault.season'],
  ['^a month and a day such as (.+)$', 'fault.monthDay'],
  ['^a polygon of (.+) corners or more$', 'fault.polygon'],
  ['^a corner, `\\[longitude, latitude\\]`$', 'fault.corner'],
  ['^longitude and latitude in degrees$', 'fault.degrees'],
  ['^a class of case-standards\\.yaml for rule (.+)$', 'fault.class'],
  ['^a department of departments\\.yaml for rule (.+)$', 'fault.department'],
  ['^a quantity of the catalogue$', 'fault.catalogue'],
  ['^a unit that converts to (.+)$', 'fault.unit'],
  ['^`quantity`, for `each`$', 'fault.quantityEach'],
  ['^`sensor`, where several speak$', 'fault.several'],
  ['^`until` beside `every`$', 'fault.until'],
  ['^a time such as (.+)$', 'fault.time'],
  ['^a duration such as (.+?), (.+?) or (.+)$', 'fault.duration'],
  ['^a duration above 0$', 'fault.durationAbove'],
  ['^a number above 0, at most 1$', 'fault.share1'],
  ['^a number above 0$', 'fault.numberAbove'],
  ['^a difference above 0$', 'fault.difference'],
  ['^a step above 0$', 'fault.step'],
  ['^at most (.+)$', 'fault.atMost'],
  ['^tables (.+)$', 'fault.tables'],
  ['^each name and alias once$', 'fault.eachName'],
  ['^a mapping$', 'fault.mapping'],
  ['^a list$', 'fault.list'],
  ['^a text$', 'fault.text'],
  ['^true or false$', 'fault.flag'],
  ['^a whole number$', 'fault.whole'],
  ['^a number$', 'fault.number'],
  ['^YAML$', 'fault.yaml'],
  ['^a word as key$', 'fault.wordAsKey'],
  ['^each key once$', 'fault.keyOnce'],
  ['^a value$', 'fault.valueHere'],
  ['^a mapping of (.+)$', 'fault.mappingOf'],
  ['^an empty mapping$', 'fault.emptyMapping'],
  ['^a list of (.+)$', 'fault.listOf'],
  ['^an empty list$', 'fault.emptyList'],
  ['^an alias of itself$', 'fault.aliasItself'],
  ['^both or neither$', 'fault.bothOrNeither'],
  ['^not both of them$', 'fault.notBoth'],
  ['^neither$', 'fault.neither'],
  ['^none of them$', 'fault.noneOfThem'],
  ['^(.+) steps$', 'fault.stepsGot'],
  ['^(.+), a state$', 'fault.aState'],
  ['^(.+) or more$', 'fault.orMore'],
  ['^a day or a time such as (.+?) or (.+)$', 'fault.dayOrTime'],
  ['^an end after the beginning$', 'fault.endAfter'],
  ['^one$', 'fault.one'],
  ['^nothing$', 'fault.nothing'],
  ['^another rule of the book ', 'fault.otherRule'],
  ['：to inhibit ', 'fault.inhibits'],
  ['：to compare with ', 'fault.compares'],
  ['`(,?) or `', 'fault.orQuoted'],
  ['^(\\w+) in ([^,]+)$', 'fault.inUnitGot'],
  ['\\bthe end\\b', 'fault.endOf'],
  ['\\ba comparison\\b', 'fault.aComparison'],
  ['\\ba name\\b(?=,|$)', 'fault.aName'],
  ['(?<=^one of |, )a number\\b', 'fault.aNumber'],
  ['^one of ', 'fault.oneOf'],
  ["^found character '\\\\t' that cannot start any token$", 'fault.tab'],
  ['^mapping values are not allowed here$', 'fault.valuesHere'],
  ["^could not find expected ':'$", 'fault.noColon'],
  ['^expected <block end>, but found (.+)$', 'fault.blockEnd'],
  ['^(?!above |below )(\\w+) and (\\w+)$', 'fault.andSides'],
];

const phrased = phrasebook(PHRASES);

/** A limit or a hold in the words in which rules say them. */
const LIMIT = /\b(?:above|below|outside|rises|falls|not heard)\b|^at least \d/;

/** Return what was expected or found, in the language of the screen; what stands in the file stays as it is. */
export function spokenFault(text: string): string {
  const said = phrased(text);
  return LIMIT.test(said)
    ? said.replace(/`[^`]*`|[^`]+/g, (part) => (part.startsWith('`') ? part : spoken(part)))
    : said;
}

/** A refusal in the server's one sentence, taken apart; null for any other sentence. */
export interface Refused {
  at: string;
  expected: string;
  got: string;
  /** so many mistakes more, which the sentence does not name */
  more: number;
}

const SENTENCE = /^Expected (.+), got `(.*)` - at `([^`]+)`(?: \(and (\d+) more.*\))?$/s;

export function refusedOf(sentence: string): Refused | null {
  const found = SENTENCE.exec(sentence);
  if (found === null) return null;
  const [, expected = '', got = '', at = '', more = '0'] = found;
  return { at, expected, got, more: Number(more) };
}
