/** What is wrong with a file of sensors or components, said in the language of the screen. */

import { phrasebook, type Phrase } from '../i18n/phrases';

/** How the registry writes what it expected and what it got, in the order in which the phrases are looked for. */
const PHRASES: readonly Phrase[] = [
  ['^each id once \\(it stands at (.+)\\)$', 'mistake.idOnce'],
  ['^each code once$', 'mistake.codeOnce'],
  ['^each id once\\b', 'mistake.eachIdOnce'],
  ['^each column once$', 'mistake.columnOnce'],
  ['^each word once\\b', 'mistake.wordOnce'],
  ['^a file that ends in (\\S+) or (\\S+)$', 'mistake.ending'],
  ['^a FeatureCollection$', 'mistake.collection'],
  ['^UTF-8 \\(in Excel: (.+?)\\)', 'mistake.utf8'],
  ['^`crs` before `features`$', 'mistake.crsFirst'],
  ['^coordinates in ', 'mistake.system'],
  ['^(\\d+) cells$', 'mistake.cells'],
  ['^columns out of ', 'mistake.columns'],
  ['^properties out of ', 'mistake.properties'],
  ['^a column (`.+`)$', 'mistake.column'],
  ['^a feature with properties$', 'mistake.feature'],
  ['^a point or null as geometry$', 'mistake.point'],
  ['^a plain value\\b', 'mistake.plain'],
  ['^a value\\b', 'mistake.value'],
  ['^at most (\\d+) characters', 'mistake.length'],
  ['^text without control characters', 'mistake.control'],
  ['^degrees from (\\S+) to (\\S+)', 'mistake.degrees'],
  ['^seconds above 0', 'mistake.seconds'],
  ['^a date such as (\\S+)', 'mistake.date'],
  ['^a code that fits (`.+?`)', 'mistake.code'],
  ['^`longitude` and `latitude` together or neither$', 'mistake.together'],
  [' or nothing\\b', 'mistake.orNothing'],
  ['` or `', 'mistake.or'],
  [' as `(\\w+)`$', 'mistake.as'],
  ['^no `features`$', 'mistake.noFeatures'],
  ['^behind them$', 'mistake.behind'],
  ['^the end of the file$', 'mistake.end'],
  ['\\bnothing\\b', 'mistake.nothing'],
  ['^$', 'mistake.empty'],
];

/** Return what was expected, or what stands there, in the language of the screen. */
export const spokenMistake = phrasebook(PHRASES);
