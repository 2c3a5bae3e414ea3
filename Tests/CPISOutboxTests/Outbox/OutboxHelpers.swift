import CPIS
import CPISOutbox
import Foundation
import Synchronization
import Testing

/// Waits for what other tasks bring about.
func eventually(_ condition: () async throws -> Bool) async throws {
  for _ in 0..<4_000 {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(2))
  }
  Issue.record("it never came to that")
}

/// A policy under which so many notices of one kind are delivered at once.
func simulatedPolicy(workers: Int) -> OutboxPolicy {
  var policy = OutboxPolicy()
  policy.concurrentDeliveries = workers
  return policy
}

/// A sealer whose keys come and go.
final class KeyRing: PayloadSealer {
  private static let all: [String: UInt8] = ["key-1": 0xA5, "key-2": 0x5C]
  private let sealer = Mutex(TurningSealer(keys: KeyRing.all))

  /// Only these keys are to be had from now on; the last of them seals.
  func hold(_ names: String...) {
    sealer.withLock {
      $0.keys = Self.all.filter { names.contains($0.key) }
      $0.current = names.last ?? "key-1"
    }
  }

  func seal(_ bytes: [UInt8], context: [UInt8]) throws(SealerError) -> SealedBytes {
    let sealer = sealer.withLock { $0 }
    return try sealer.seal(bytes, context: context)
  }

  func open(_ sealed: SealedBytes, context: [UInt8]) throws(SealerError) -> [UInt8] {
    let sealer = sealer.withLock { $0 }
    return try sealer.open(sealed, context: context)
  }
}

/// A store in memory in which a test may stand in the way.
final class ObstructedStore: OutboxStore {
  typealias Obstacle = @Sendable ([OutboxChange]) async -> OutboxError?

  private struct State {
    var obstacle: Obstacle?
    var afterReading: (@Sendable () async -> Void)?
    var erasures = 0
    var eraseError: OutboxError?
  }

  private let table: InMemoryOutboxStore
  private let state = Mutex(State())

  init(rememberedDeliveries: Int = 10_000) {
    table = InMemoryOutboxStore(rememberedDeliveries: rememberedDeliveries)
  }

  /// Called before changes are made; what it returns is thrown, and they are not.
  func obstruct(_ obstacle: Obstacle?) { state.withLock { $0.obstacle = obstacle } }
  /// Called when the contents were read and have not been returned.
  func afterReading(_ action: @escaping @Sendable () async -> Void) {
    state.withLock { $0.afterReading = action }
  }
  func failErasing(_ error: OutboxError?) { state.withLock { $0.eraseError = error } }
  var erasures: Int { state.withLock { $0.erasures } }

  func contents() async throws(OutboxError) -> OutboxContents {
    let contents = try await table.contents()
    await state.withLock { $0.afterReading }?()
    return contents
  }

  func apply(_ changes: [OutboxChange]) async throws(OutboxError) {
    if let error = await state.withLock({ $0.obstacle })?(changes) { throw error }
    try await table.apply(changes)
  }

  func erase() async throws(OutboxError) {
    let error = state.withLock { state in
      state.erasures += 1
      return state.eraseError
    }
    if let error { throw error }
  }
}

extension OutboxChange {
  var isParked: Bool { if case .parked = self { true } else { false } }
  var isDelivered: Bool { if case .delivered = self { true } else { false } }
}
