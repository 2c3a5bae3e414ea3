/// Where a plan stands on a day, counted in UK civil days.
public enum PlanStatus: Hashable, Sendable, CaseIterable {
  /// It has begun, and has not ended before this day. The end day itself still counts as current: the plan ran
  /// for a part of it [D].
  case current

  /// Its start lies on a later day.
  case notYetStarted

  /// It ended on an earlier day and is still shown: up to 365 days after a CPP or LAC, 28 after a UCP's due date.
  case endedButVisible

  /// It is no longer shown.
  case past
}

extension Plan {
  /// The last day on which the plan is shown; `nil` while it has no end.
  ///
  /// The end day is day 0; a CPP or LAC is shown through day 365, a UCP through day 28, in UK civil days [D].
  public var lastVisibleDay: CivilDay? { end?.day.adding(days: kind.daysVisibleAfterEnd) }

  /// The last day on which the plan is shown for a patient born on a day: a CPP or LAC leaves at 00:00 on the
  /// 18th birthday, whatever its own end. `nil` while nothing bounds it.
  ///
  /// - Parameter birthDay: the birth date of the patient whose number the plan is held under; `nil` when unknown.
  public func lastVisibleDay(bornOn birthDay: CivilDay?) -> CivilDay? {
    guard kind.endsAtEighteen, let birthDay else { return lastVisibleDay }
    let lastDayAt17 = birthDay.birthday(age: 18).adding(days: -1)
    return lastVisibleDay.map { min($0, lastDayAt17) } ?? lastDayAt17
  }

  /// Where the plan stands on a day.
  public func status(on day: CivilDay) -> PlanStatus {
    if let lastVisibleDay, day > lastVisibleDay { return .past }
    if start.day > day { return .notYetStarted }
    if let end, day > end.day { return .endedButVisible }
    return .current
  }
}
