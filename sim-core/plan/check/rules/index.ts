/** The registry of rules, in the order in which `lvsim check --rules` lists them. */
import type { Rule } from '../rule.ts'
import { advertIntMismatch } from './advert-int-mismatch.ts'
import { advertIntRounded } from './advert-int-rounded.ts'
import { allWeightsZero } from './all-weights-zero.ts'
import { authIgnored } from './auth-ignored.ts'
import { authMismatch } from './auth-mismatch.ts'
import { authShared } from './auth-shared.ts'
import { authTruncated } from './auth-truncated.ts'
import { backupsOnOneHost } from './backups-on-one-host.ts'
import { directorIsRealServer } from './director-is-real-server.ts'
import { equalPriority } from './equal-priority.ts'
import { excludedVipsDiffer } from './excluded-vips-differ.ts'
import { forwardDefault } from './forward-default.ts'
import { garpOnce } from './garp-once.ts'
import { idleBalancer } from './idle-balancer.ts'
import { linkOverloaded } from './link-overloaded.ts'
import { loVipMissing } from './lo-vip-missing.ts'
import { lvsTimeoutsDiffer } from './lvs-timeouts-differ.ts'
import { manyAdvertisedVips } from './many-advertised-vips.ts'
import { noBackup } from './no-backup.ts'
import { noCheck } from './no-check.ts'
import { nopreemptOnWrongHost } from './nopreempt-on-wrong-host.ts'
import { nopreemptWithMaster } from './nopreempt-with-master.ts'
import { nopreemptWithWeight } from './nopreempt-with-weight.ts'
import { ownInterfaceUntracked } from './own-interface-untracked.ts'
import { ownerPriority } from './owner-priority.ts'
import { persistenceForced } from './persistence-forced.ts'
import { portForced } from './port-forced.ts'
import { preemptDelayIgnored } from './preempt-delay-ignored.ts'
import { priorityOutOfRange } from './priority-out-of-range.ts'
import { priorityStepSmall } from './priority-step-small.ts'
import { probeLoad } from './probe-load.ts'
import { protocolDefault } from './protocol-default.ts'
import { quorumTooHigh } from './quorum-too-high.ts'
import { realServersDiffer } from './real-servers-differ.ts'
import { routerIdShared } from './router-id-shared.ts'
import { sameHeir } from './same-heir.ts'
import { schedulerOptionIgnored } from './scheduler-option-ignored.ts'
import { scriptSlow } from './script-slow.ts'
import { serviceWithoutVip } from './service-without-vip.ts'
import { servicesDiffer } from './services-differ.ts'
import { slowCheck } from './slow-check.ts'
import { slowTakeover } from './slow-takeover.ts'
import { stateMasterLoses } from './state-master-loses.ts'
import { strictModeChanges } from './strict-mode-changes.ts'
import { syncDaemonDiffers } from './sync-daemon-differs.ts'
import { syncDaemonFollowsOne } from './sync-daemon-follows-one.ts'
import { syncGroupDiffers } from './sync-group-differs.ts'
import { syncGroupSpread } from './sync-group-spread.ts'
import { trackedOnSomeHosts } from './tracked-on-some-hosts.ts'
import { twoOwners } from './two-owners.ts'
import { unicastMulticastMix } from './unicast-multicast-mix.ts'
import { unicastPeerMissing } from './unicast-peer-missing.ts'
import { unicastPeerUnknown } from './unicast-peer-unknown.ts'
import { unicastSelf } from './unicast-self.ts'
import { unicastWithoutPeers } from './unicast-without-peers.ts'
import { versionMismatch } from './version-mismatch.ts'
import { vipFamily } from './vip-family.ts'
import { vipInTwoRouters } from './vip-in-two-routers.ts'
import { vipListsDiffer } from './vip-lists-differ.ts'
import { vipWithoutOwner } from './vip-without-owner.ts'
import { vipWithoutService } from './vip-without-service.ts'
import { vmacWithNat } from './vmac-with-nat.ts'
import { vridClash } from './vrid-clash.ts'
import { weightClamped } from './weight-clamped.ts'
import { weightIgnored } from './weight-ignored.ts'
import { weightTooSmall } from './weight-too-small.ts'

export const RULES: readonly Rule[] = [
  vridClash,
  vipListsDiffer,
  excludedVipsDiffer,
  vipInTwoRouters,
  vipFamily,
  authMismatch,
  versionMismatch,
  advertIntMismatch,
  unicastMulticastMix,
  unicastPeerMissing,
  unicastPeerUnknown,
  unicastSelf,
  noBackup,
  equalPriority,
  priorityStepSmall,
  ownerPriority,
  twoOwners,
  stateMasterLoses,
  nopreemptWithMaster,
  nopreemptOnWrongHost,
  nopreemptWithWeight,
  weightTooSmall,
  weightClamped,
  trackedOnSomeHosts,
  preemptDelayIgnored,
  priorityOutOfRange,
  advertIntRounded,
  authTruncated,
  authIgnored,
  authShared,
  unicastWithoutPeers,
  manyAdvertisedVips,
  syncGroupSpread,
  syncGroupDiffers,
  weightIgnored,
  ownInterfaceUntracked,
  slowTakeover,
  scriptSlow,
  strictModeChanges,
  garpOnce,
  routerIdShared,
  linkOverloaded,
  sameHeir,
  backupsOnOneHost,
  idleBalancer,
  vipWithoutOwner,
  protocolDefault,
  forwardDefault,
  portForced,
  persistenceForced,
  quorumTooHigh,
  schedulerOptionIgnored,
  slowCheck,
  noCheck,
  servicesDiffer,
  realServersDiffer,
  serviceWithoutVip,
  vipWithoutService,
  loVipMissing,
  directorIsRealServer,
  allWeightsZero,
  probeLoad,
  syncDaemonDiffers,
  syncDaemonFollowsOne,
  lvsTimeoutsDiffer,
  vmacWithNat,
]

export const ruleNamed = (id: string): Rule | undefined => RULES.find(rule => rule.id === id)
