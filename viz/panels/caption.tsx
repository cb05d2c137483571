/** The last thing that happened, in one line under the stage: for a projector or an embedded page, which have no story panel. */
import { causeText, whatText } from '../i18n/happenings.ts'
import { instantText } from '../i18n/index.ts'
import { clusterState, run } from '../state/app.ts'
import { playhead } from '../state/clock.ts'
import { isTold } from '../state/landmarks.ts'
import { hostColour } from '../stage/colours.ts'

export function Caption() {
  // Changes only when something happens; the playhead itself is read without following it.
  clusterState.value
  const trace = run.value?.trace
  const told = trace?.happenings
    .slice(0, trace.happeningAt(playhead.peek() + 1))
    .filter(isTold)
    .pop()
  return (
    <p class="caption">
      {told !== undefined && (
        <>
          <time>{instantText(told.t)}</time> <b style={{ color: hostColour(told.host) }}>{told.host}</b> {whatText(told)}
          <small>{causeText(told)}</small>
        </>
      )}
    </p>
  )
}
