import type { Backend, BackendCapabilities, Slot } from '../backend/backend.js'

/** What the backend conformance suite needs of the backend under test. */
export interface BackendFixture {
  readonly capabilities: BackendCapabilities
  /** A new, empty location; nothing that another location did is seen in it. */
  open(): Promise<LocationUnderTest>
}

export interface LocationUnderTest {
  readonly backend: Backend
  /** Another backend object for the same location, as another process would make it. */
  reopen(): Promise<Backend>
  /** Flip one bit of the stored bytes of an occupied slot behind the backend's back. */
  damage(slot: Slot): Promise<void>
  dispose(): Promise<void>
}
