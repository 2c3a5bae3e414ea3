public import NHSNumbers

/// What a role may do in CP-IS (national role-based access control).
@nonexhaustive
public enum Activity: String, Hashable, Sendable, CaseIterable {
  /// May make notifying queries, those of unscheduled care.
  case notifyingQuery = "B0107"
  /// May make silent queries, those of scheduled care.
  case silentQuery = "B0170"
}

extension CareSetting.Care {
  /// The activity that a query in this kind of care needs.
  public var requiredActivity: Activity { self == .unscheduled ? .notifyingQuery : .silentQuery }
}

/// A job role of the national directory.
public struct JobRole: Hashable, Sendable {
  /// Its code.
  public let code: String
  /// Its name, as the history shows it.
  public let name: String

  /// Makes a job role.
  ///
  /// - Throws: ``InvalidValue`` when the code or the name is blank.
  public init(code: String, name: String) throws(InvalidValue) {
    self.code = try code.nonBlank("job role code")
    self.name = try name.shownNonBlank("job role name")
  }
}

/// A member of staff who makes a check.
public struct Worker: Hashable, Sendable {
  /// The Spine Directory Service user id.
  public let userID: String
  /// The SDS role profile id in use.
  public let roleProfileID: String
  /// The job role; `nil` when the session names none.
  public let jobRole: JobRole?
  /// The worker's name, as the history shows it.
  public let name: String
  /// What the role profile allows. Empty means that nothing is known to be allowed: no check is made.
  public let activities: Set<Activity>

  /// Makes a worker, from the session of whoever is signed in.
  ///
  /// - Throws: ``InvalidValue`` when the user id, the role profile id or the name is blank.
  public init(
    userID: String, roleProfileID: String, jobRole: JobRole?, name: String, activities: Set<Activity>
  ) throws(InvalidValue) {
    self.userID = try userID.nonBlank("worker's user id")
    self.roleProfileID = try roleProfileID.nonBlank("worker's role profile id")
    self.jobRole = jobRole
    self.name = try name.shownNonBlank("worker's name")
    self.activities = activities
  }
}

/// A system that makes a check without a person at hand, such as an automatic check on registration.
public struct AccreditedSystem: Hashable, Sendable {
  /// The accredited system's identifier (ASID).
  public let asid: String
  /// The name of the system.
  public let name: String
  /// The person who answers for what it does.
  public let responsiblePerson: String
  /// What the system is accredited for.
  public let activities: Set<Activity>

  /// Makes a system author.
  ///
  /// - Throws: ``InvalidValue`` when the ASID, the name or the responsible person is blank.
  public init(asid: String, name: String, responsiblePerson: String, activities: Set<Activity>) throws(InvalidValue)
  {
    self.asid = try asid.nonBlank("system's ASID")
    self.name = try name.shownNonBlank("system's name")
    self.responsiblePerson = try responsiblePerson.shownNonBlank("system's responsible person")
    self.activities = activities
  }
}

/// Who makes a check. Never invented: a check that is declared later carries its original author.
@nonexhaustive
public enum Author: Hashable, Sendable {
  /// A member of staff.
  case worker(Worker)
  /// A system, with a named responsible person.
  case system(AccreditedSystem)
}

extension Author {
  /// What the author may do.
  public var activities: Set<Activity> {
    switch self {
    case .worker(let worker): worker.activities
    case .system(let system): system.activities
    }
  }

  /// The name that an access history shows.
  public var displayName: String {
    switch self {
    case .worker(let worker): worker.name
    case .system(let system): "\(system.responsiblePerson) (\(system.name))"
    }
  }

  /// The job role that an access history shows; `nil` for a worker whose session names none.
  public var displayRole: String? {
    switch self {
    case .worker(let worker): worker.jobRole?.name
    case .system: "System"
    }
  }

  /// What identifies the author across checks: the SDS user id, or the ASID.
  public var identifier: String {
    switch self {
    case .worker(let worker): worker.userID
    case .system(let system): system.asid
    }
  }
}

// Names of staff are personal data too.
extension Worker: Redacting {}
extension AccreditedSystem: Redacting {}
extension Author: Redacting {}
