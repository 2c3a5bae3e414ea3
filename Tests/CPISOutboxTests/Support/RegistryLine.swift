import CPIS
import CPISFiles
import CPISReference
import CPISTestSupport
import Foundation
import NHSNumbers
import Synchronization

/// The line to the registry: down, busy, garbled, losing requests or answers, delivering one request twice, or so
/// slow that a request arrives long after whoever sent it has given up.
final class RegistryLine: RegistryClient {
  struct Totals: Hashable, Sendable {
    var slow = 0
    var doubled = 0
    var lost = 0
  }

  private enum Weather { case good, lostOnTheWay, lostOnTheWayBack, busy, garbled, doubled, slow }

  private enum Request {
    case query(Access)
    case declaration(Access)
  }

  /// A request on its way, and who still waits for its answer.
  private struct Late {
    let request: Request
    var waiter: CheckedContinuation<Result<RegistryAnswer, RegistryError>, Never>?
  }

  private struct State {
    var random: SeededGenerator
    var isDown = false
    var isHealed = false
    var late: [Late] = []
    var totals = Totals()
  }

  private let registry: ReferenceRegistry
  private let state: Mutex<State>
  /// Called when a query is so slow that the check's deadline passes.
  private let onDeadline: @Sendable () -> Void

  init(to registry: ReferenceRegistry, seed: UInt64, onDeadline: @escaping @Sendable () -> Void) {
    self.registry = registry
    self.onDeadline = onDeadline
    state = Mutex(State(random: SeededGenerator(seed: seed)))
  }

  var totals: Totals { state.withLock { $0.totals } }
  func toggle() { state.withLock { $0.isDown.toggle() } }
  func heal() { state.withLock { $0.isHealed = true } }

  /// The sender's process is gone; its requests still travel.
  func forgetWaiters() {
    let waiters = state.withLock { state in
      defer { for place in state.late.indices { state.late[place].waiter = nil } }
      return state.late.compactMap(\.waiter)
    }
    for waiter in waiters { waiter.resume(returning: .failure(RegistryError(.unavailable))) }
  }

  /// One late request arrives. Returns whether there was one.
  @discardableResult
  func arriveLate() async throws -> Bool {
    let late = state.withLock { state -> Late? in
      guard let place = state.late.indices.randomElement(using: &state.random) else { return nil }
      return state.late.remove(at: place)
    }
    guard let late else { return false }
    switch late.request {
    case .query(let access):
      let answer = try await registry.plans(for: access)
      late.waiter?.resume(returning: .success(answer))
    case .declaration(let access): try await registry.declare(access)
    }
    return true
  }

  private func weather() -> (Weather, sendersPatience: Bool)? {
    state.withLock { state in
      if state.isHealed { return (.good, true) }
      let choices: [Weather] = [
        .good, .good, .good, .good, .good, .lostOnTheWay, .lostOnTheWayBack, .busy, .garbled, .doubled, .slow,
      ]
      let weather = choices.randomElement(using: &state.random) ?? .good
      let isPatient = Bool.random(using: &state.random)
      if state.isDown { return nil }
      if weather == .slow { state.totals.slow += 1 }
      if weather == .doubled { state.totals.doubled += 1 }
      if weather == .lostOnTheWay || weather == .lostOnTheWayBack { state.totals.lost += 1 }
      return (weather, isPatient)
    }
  }

  private func through<Value>(
    _ request: Request, _ call: () async throws(RegistryError) -> Value,
    whenSlow: () async throws(RegistryError) -> Value?
  ) async throws(RegistryError) -> Value {
    guard let (weather, isPatient) = weather() else { throw RegistryError(.unavailable) }
    switch weather {
    case .good: return try await call()
    case .doubled:
      _ = try await call()
      return try await call()
    case .lostOnTheWay: throw RegistryError(.timedOut)
    case .lostOnTheWayBack:
      _ = try await call()
      throw RegistryError(.timedOut)
    case .busy: throw RegistryError(.tooManyRequests, retryAfter: .seconds(90))
    case .garbled:
      _ = try await call()
      throw RegistryError(.unusableAnswer)
    case .slow:
      if isPatient, let value = try await whenSlow() { return value }
      state.withLock { $0.late.append(Late(request: request)) }
      throw RegistryError(.timedOut)
    }
  }

  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    let request = Request.query(access)
    return try await through(request) { () async throws(RegistryError) in
      try await registry.plans(for: access)
    } whenSlow: { () async throws(RegistryError) in
      // The client waits on; it is the check's own deadline that passes.
      let result = await withCheckedContinuation { continuation in
        state.withLock { $0.late.append(Late(request: request, waiter: continuation)) }
        onDeadline()
      }
      return try result.get()
    }
  }

  func declare(_ access: Access) async throws(RegistryError) {
    try await through(.declaration(access)) { () async throws(RegistryError) in
      try await registry.declare(access)
    } whenSlow: {
      nil
    }
  }

  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try await registry.accessHistory(for: access)
  }
}
