internal import CPIS
internal import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What is kept under each NHS number. Nearly every look-up finds nothing, so that case costs least.
struct PatientTable {
  /// The places of all entries but the latest.
  private var places = NHSNumberTable<Int>()
  /// The places of the latest entries, collected because a table can only be edited as a whole.
  private var latest: [NHSNumber: Int] = [:]
  private var entries: [PatientEntry] = []

  /// How many numbers it holds.
  var count: Int { entries.count }

  /// The place of a number's entry; `nil` when nothing was ever kept under it.
  func place(of number: NHSNumber) -> Int? { places[number] ?? (latest.isEmpty ? nil : latest[number]) }

  /// The entry at a place.
  subscript(place: Int) -> PatientEntry { entries[place] }

  /// Changes the entry at a place.
  mutating func change<Result>(_ place: Int, _ body: (inout PatientEntry) -> Result) -> Result {
    body(&entries[place])
  }

  /// The place of a number's entry, which is made when there is none.
  mutating func placeForWriting(_ number: NHSNumber) -> Int {
    if let place = place(of: number) { return place }
    latest[number] = entries.count
    entries.append(PatientEntry())
    // Merged an eighth of the whole at a time: each entry is moved a few times in all, however many are added.
    if latest.count > 1000 + places.count / 8 {
      places = places.applying(upserts: latest.map { ($0.key, $0.value) }, removals: [])
      latest = [:]
    }
    return entries.count - 1
  }
}

/// What is kept under one NHS number.
struct PatientEntry {
  /// The patient's birth date; `nil` when it is not known.
  var birthDay: CivilDay?
  /// The plans, in the order in which they first arrived.
  var plans: [HeldPlan] = []
  /// The accesses to them in unscheduled care.
  var accesses = KeptAccesses()

  /// The plans that are shown on a day.
  func visiblePlans(on day: CivilDay) -> [HeldPlan] {
    func isVisible(_ held: HeldPlan) -> Bool {
      guard let last = held.plan.lastVisibleDay(bornOn: birthDay) else { return true }
      return day <= last
    }
    return plans.allSatisfy(isVisible) ? plans : plans.filter(isVisible)
  }

  /// The last day before an 18th birthday hides one of these plans; `nil` when no birthday hides one before its own
  /// dates do.
  func lastDayBeforeEighteen(of visible: [HeldPlan]) -> CivilDay? {
    visible.compactMap { held in
      let last = held.plan.lastVisibleDay(bornOn: birthDay)
      return last == held.plan.lastVisibleDay ? nil : last
    }.min()
  }

  /// Adds a plan, or replaces the one with its identity [D].
  mutating func put(_ held: HeldPlan) {
    if let place = plans.firstIndex(where: { $0.plan.identity == held.plan.identity }) {
      plans[place] = held
    } else {
      plans.append(held)
    }
  }

  /// Removes the plan with an identity, if there is one. It may come again in a later file [D].
  mutating func withdraw(_ identity: Plan.Identity) {
    plans.removeAll { $0.plan.identity == identity }
  }
}

/// A plan as the registry keeps it.
struct HeldPlan {
  /// The plan, with the authority's details as they were when it arrived.
  var plan: Plan
  /// The latest file that contained it.
  var fileID: UploadFileID
  /// The authority's own id for the child; `nil` when it gave none.
  var localID: String?
}

/// The unscheduled accesses to one child's record.
struct KeptAccesses {
  private struct Kept {
    let access: Access
    /// The authorities that were told.
    var told: [ODSCode]
  }

  /// How long after a listed view further ones by the same author are left out.
  private static let quietPeriod: TimeInterval = 24 * 3600

  /// Up to so many, looking at each is faster than a table.
  private static let fewAccesses = 16

  private var accesses: [Kept] = []
  /// The place of each access; empty while there are few.
  private var places: [Access.ID: Int] = [:]

  /// Keeps an access, once for each identity.
  ///
  /// - Returns: the access as first kept, and the authorities that were not told of it before. A repeat is news
  ///   only to an authority whose plan arrived after the first time.
  mutating func keep(_ access: Access, responsible: [ODSCode]) -> (Access, [ODSCode]) {
    guard let place = place(of: access.id) else {
      add(access, toldTo: responsible)
      return (access, responsible)
    }
    let untold = responsible.filter { !accesses[place].told.contains($0) }
    accesses[place].told += untold
    return (accesses[place].access, untold)
  }

  private func place(of id: Access.ID) -> Int? {
    accesses.count <= Self.fewAccesses ? accesses.firstIndex { $0.access.id == id } : places[id]
  }

  private mutating func add(_ access: Access, toldTo authorities: [ODSCode]) {
    accesses.append(Kept(access: access, told: authorities))
    guard accesses.count > Self.fewAccesses else { return }
    for place in places.count..<accesses.count { places[accesses[place].access.id] = place }
  }

  /// The history to show: the latest accesses, most recent first, at most `AccessHistory.limit`.
  ///
  /// A view by the same author (user id and organisation) within 24 hours of a listed one is left out. Of views 20
  /// hours apart, therefore, every other one is listed; a view exactly 24 hours later is listed [D].
  /// - Complexity: O(*n* log *n*) for *n* accesses to this child.
  func listed() -> [AccessHistory.Entry] {
    struct Viewer: Hashable {
      let isSystem: Bool
      let identifier: String
      let organisation: ODSCode
    }
    var lastListed: [Viewer: Date] = [:]
    var listed: [AccessHistory.Entry] = []
    // Declarations arrive late, so the order of arrival is not that of the accesses.
    for access in accesses.map(\.access).sorted(by: { $0.time < $1.time }) {
      let (author, organisation) = (access.context.author, access.context.organisation)
      var isSystem = false
      if case .system = author { isSystem = true }
      let viewer = Viewer(
        isSystem: isSystem, identifier: author.identifier, organisation: organisation.code)
      if let last = lastListed[viewer], access.time.timeIntervalSince(last) < Self.quietPeriod { continue }
      lastListed[viewer] = access.time
      listed.append(
        AccessHistory.Entry(
          time: access.time, viewerName: author.displayName, jobRole: author.displayRole,
          organisationName: organisation.name))
    }
    return listed.suffix(AccessHistory.limit).reversed()
  }
}
