import CPIS
import CPISOutbox
import CPISTestSupport
import Foundation
import NHSNumbers
import Synchronization

/// Time in the hands of a test. Sleepers wake when it has gone by.
final class TestClock: WallClock {
  private struct State {
    var now: Date
    var sleepers: [UUID: (until: Date, continuation: CheckedContinuation<Void, Never>)] = [:]
  }

  private let state: Mutex<State>

  init(_ now: Date = sampleTime) { state = Mutex(State(now: now)) }

  var now: Date { state.withLock { $0.now } }
  var sleepers: Int { state.withLock { $0.sleepers.count } }

  func set(_ now: Date) {
    let due = state.withLock { state in
      state.now = now
      let due = state.sleepers.filter { $0.value.until <= now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  func advance(_ seconds: Double) { set(now.addingTimeInterval(seconds)) }

  func sleep(for duration: Duration) async throws {
    let id = UUID()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mayWait = state.withLock { state in
          guard !Task.isCancelled else { return false }
          let until = state.now.addingTimeInterval(Double(duration.components.seconds) + 1e-6)
          state.sleepers[id] = (until, continuation)
          return true
        }
        if !mayWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume()
    }
  }
}

/// A receiver that remembers what came, and answers as it is told.
final class Receiver: NotificationSink {
  typealias Answer = @Sendable (Notice, _ arrivals: Int) -> DeliveryError?

  private struct State {
    var arrivals: [Notice] = []
    var answer: Answer
  }

  private let state: Mutex<State>

  init(_ answer: @escaping Answer = { _, _ in nil }) { state = Mutex(State(answer: answer)) }

  var arrivals: [Notice] { state.withLock { $0.arrivals } }
  func answer(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

  var delivery: Delivery {
    Delivery { (notice) throws(DeliveryError) in
      let error = self.state.withLock { state in
        state.arrivals.append(notice)
        return state.answer(notice, state.arrivals.count)
      }
      if let error { throw error }
    }
  }

  func accept(_ notice: Notice) async throws(SinkError) {
    state.withLock { $0.arrivals.append(notice) }
  }
}

/// That a child's access was not declared. Both identities are the same, so that tests need to know one only.
func declaration(_ index: Int, child: Int) throws -> Notice {
  .undeclaredAccess(UndeclaredAccess(id: sampleID(index), access: try sampleAccess(index, child: child)))
}

func sampleAuthority() throws -> LocalAuthority {
  try LocalAuthority(
    code: try ODSCode("211"), name: "Sample Borough", emergencyDutyPhone: try PhoneNumber("02073645006"),
    officeHoursPhone: nil)
}

/// One notice of each kind.
func everyKind(child: Int = 3) throws -> [Notice] {
  let patient = try sampleNumber(child)
  let authority = try sampleAuthority()
  let start = CivilTime(startOf: CivilDay(daysSince1970: 20_000))
  let plan = try Plan(kind: .childProtectionPlan, start: start, end: nil, authority: authority)
  guard let plans = RecordedPlans([plan]) else { return [] }
  let context = try sampleContext(41)
  return [
    .safeguarding(
      SafeguardingNotice(
        id: sampleID(40), access: try sampleAccess(41, child: child), plans: plans, completeness: .complete,
        origin: AnswerOrigin(source: .registry, asOf: sampleTime, checkedAt: sampleTime), isRepeat: false)),
    try declaration(41, child: child),
    .accessToService(
      AccessToServiceNotification(
        id: sampleID(42), creationTime: sampleTime, recipient: authority,
        groups: [
          .init(
            fileID: 7,
            accesses: [
              .init(
                id: Access.ID(sampleID(41)), time: sampleTime, author: try nurse(),
                organisation: context.organisation,
                patient: patient, localID: "L-1")
            ])
        ])),
    .inactiveNumber(
      InactiveNumberNotice(
        id: sampleID(43), creationTime: sampleTime, recipient: authority, oldNumber: patient,
        replacements: [try sampleNumber(child + 40)], fileID: 7)),
  ]
}

/// Not a cipher: turns every bit by a key's byte, and appends the context, so that misuse shows.
struct TurningSealer: PayloadSealer {
  var keys: [String: UInt8] = ["key-1": 0xA5]
  var current = "key-1"

  func seal(_ bytes: [UInt8], context: [UInt8]) throws(SealerError) -> SealedBytes {
    guard let key = keys[current] else { throw SealerError(.keyUnavailable) }
    return SealedBytes(keyID: current, bytes: turned(bytes + context + [UInt8(context.count)], by: key))
  }

  func open(_ payload: SealedBytes, context: [UInt8]) throws(SealerError) -> [UInt8] {
    guard let key = keys[payload.keyID] else { throw SealerError(.keyUnavailable) }
    let clear = turned(payload.bytes, by: key)
    guard clear.dropLast().suffix(context.count).elementsEqual(context) else { throw SealerError(.notAuthentic) }
    return Array(clear[..<(clear.count - context.count - 1)])
  }

  /// A loop, as the simulations come here often and without optimisation.
  private func turned(_ bytes: [UInt8], by key: UInt8) -> [UInt8] {
    var turned = bytes
    var place = 0
    while place < turned.count {
      turned[place] ^= key
      place += 1
    }
    return turned
  }
}

/// Calls a closure with each event of an outbox.
struct EventTap: EventObserver {
  let take: @Sendable (OutboxEvent) -> Void

  init(_ take: @escaping @Sendable (OutboxEvent) -> Void) { self.take = take }

  func observe(_ event: some ObservedEvent) {
    if let event = event as? OutboxEvent { take(event) }
  }
}

func sequentialPolicy() -> OutboxPolicy {
  var policy = OutboxPolicy()
  policy.concurrentDeliveries = 1
  return policy
}
