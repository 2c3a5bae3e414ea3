import NHSNumbers

/// Notices that the sink would not take, oldest first, until it does.
struct HeldNotices {
  private var notices: [Notice] = []
  private var isOffering = false

  var count: Int { notices.count }

  /// Keeps a notice; `false` when there is no room.
  mutating func hold(_ notice: Notice, limit: Int) -> Bool {
    guard notices.count < limit else { return false }
    notices.append(notice)
    return true
  }

  /// Begins the offering; `false` when it is under way, or nothing is held.
  mutating func startOffering() -> Bool {
    guard !isOffering, !notices.isEmpty else { return false }
    isOffering = true
    return true
  }

  /// The notice to offer next; `nil` when none is left, and the offering ends.
  mutating func next() -> Notice? {
    if notices.isEmpty { isOffering = false }
    return notices.first
  }

  /// Ends the offering with notices left.
  mutating func pauseOffering() { isOffering = false }

  /// Puts a notice and the others of its patient behind the rest, in their order, so that one that is never taken does
  /// not hold back those of other patients.
  mutating func postpone(_ notice: Notice) {
    let ofPatient = notices.filter { $0.patient == notice.patient }
    notices.removeAll { $0.patient == notice.patient }
    notices += ofPatient
  }

  /// Takes a notice out. How many are left.
  mutating func drop(_ notice: Notice) -> Int {
    if let place = notices.firstIndex(of: notice) { notices.remove(at: place) }
    return notices.count
  }
}
