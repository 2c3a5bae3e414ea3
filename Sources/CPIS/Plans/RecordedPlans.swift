public import NHSNumbers

/// The plans recorded under one NHS number: at least one, always.
///
/// "No plan" is not an empty list of plans; it is a case of its own wherever it can occur (hazard H1).
public struct RecordedPlans: Hashable, Sendable {
  private let plans: [Plan]

  /// Makes a list of plans.
  ///
  /// - Returns: `nil` when there is none.
  public init?(_ plans: [Plan]) {
    guard !plans.isEmpty else { return nil }
    self.plans = plans
  }

  /// The first day on which one of the plans is no longer shown; `nil` when none has an end.
  public var earliestLastVisibleDay: CivilDay? { plans.compactMap(\.lastVisibleDay).min() }
}

extension RecordedPlans: RandomAccessCollection {
  /// The position of the first plan.
  public var startIndex: Int { 0 }

  /// The position after the last plan.
  public var endIndex: Int { plans.count }

  /// The plan at a position.
  public subscript(position: Int) -> Plan { plans[position] }
}

extension RecordedPlans: Redacting {}
