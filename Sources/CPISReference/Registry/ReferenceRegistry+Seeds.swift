public import CPIS
public import NHSNumbers
internal import Synchronization

extension ReferenceRegistry {
  /// Records a plan as if an upload had carried it, without a file and without a look at demographics.
  ///
  /// The plan's authority becomes the authority as it is now, for all its plans.
  ///
  /// - Parameters:
  ///   - plan: the plan. One with the same authority, kind and start is replaced.
  ///   - number: whose number it is held under; for an unborn child protection plan the mother's.
  ///   - birthDay: that patient's birth date, which decides the 18th birthday; `nil` leaves what is known.
  ///   - localID: the authority's own id for the child; `nil` when it gave none.
  ///   - fileID: the file it is to have come with, which notices quote. Real uploads are not compared with it.
  public func record(
    _ plan: Plan, for number: NHSNumber, bornOn birthDay: CivilDay?, localID: String? = nil,
    fileID: UploadFileID = 1
  ) {
    state.withLock { state in
      state.update(plan.authority)
      state.put(HeldPlan(plan: plan, fileID: fileID, localID: localID), for: number, bornOn: birthDay)
    }
  }

  /// Withdraws a plan as recorded in error. Without such a plan nothing happens.
  public func withdraw(_ plan: Plan, for number: NHSNumber) {
    state.withLock { $0.withdraw(plan.identity, for: number) }
  }

  /// How many numbers have, or had, a plan recorded under them.
  public var numberCount: Int { state.withLock { $0.patients.count } }
}
