/** Packets of a run as pcapng files, for tshark and Wireshark. */
export { Capture, captureNames, captureSimulation, type CaptureOptions } from './capture.ts'
