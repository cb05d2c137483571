/** The page starts here: reads the address, opens a scenario, draws. */
import { render } from 'preact'
import './style/tokens.css'
import './style/layout.css'
import './style/stage.css'
import './style/panels.css'
import './style/planner.css'
import { App } from './app.tsx'
import { loadSettings } from './state/settings.ts'
import { openFromAddress, followAddress } from './state/address.ts'
import { listenToParent } from './state/embed.ts'
import { listenToKeys } from './state/keys.ts'

loadSettings(new URLSearchParams(location.search).get('lang'))
listenToKeys()
void openFromAddress().then(listenToParent)
followAddress()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
