import CPIS
import CPISReference
import Foundation

/// A way in which the time of day can go wrong between two checks.
enum ClockFault: CaseIterable {
  case backAnHour, backAYear, forwardAnHour, forwardAYear, distantPast, distantFuture, epoch, notANumber, infinite

  func strike(_ clock: ManualClock) {
    switch self {
    case .backAnHour: clock.set(clock.now.addingTimeInterval(-3600))
    case .backAYear: clock.set(clock.now.addingTimeInterval(-366 * 86_400))
    case .forwardAnHour: clock.set(clock.now.addingTimeInterval(3600))
    case .forwardAYear: clock.set(clock.now.addingTimeInterval(366 * 86_400))
    case .distantPast: clock.set(.distantPast)
    case .distantFuture: clock.set(.distantFuture)
    case .epoch: clock.set(Date(timeIntervalSince1970: 0))
    case .notANumber: clock.set(Date(timeIntervalSince1970: .nan))
    case .infinite: clock.set(Date(timeIntervalSince1970: .infinity))
    }
  }
}

/// A clock whose waiting is broken.
struct BrokenSleep: WallClock {
  enum Kind: CaseIterable {
    case throwsAtOnce, returnsAtOnce
  }

  let kind: Kind
  let base: ManualClock

  var now: Date { base.now }

  func sleep(for duration: Duration) async throws {
    if kind == .throwsAtOnce { throw CancellationError() }
  }
}
