public import NHSNumbers

/// What a role may do in CP-IS (national role-based access control).
public enum Activity: String, Hashable, Sendable, CaseIterable, Codable {
  /// May make notifying queries, those of unscheduled care.
  case notifyingQuery = "B0107"
  /// May make silent queries, those of scheduled care.
  case silentQuery = "B0170"
}

extension CareSetting.Care {
  /// The activity that a query in this kind of care needs.
  public var requiredActivity: Activity { self == .unscheduled ? .notifyingQuery : .silentQuery }
}

/// A member of staff who makes a check.
public struct Worker: Hashable, Sendable, Codable {
  /// The Spine Directory Service user id.
  public let userID: String
  /// The SDS role profile id in use.
  public let roleProfileID: String
  /// The code of the job role.
  public let jobRoleCode: String
  /// The name of the job role, as the history shows it.
  public let jobRoleName: String
  /// The worker's name, as the history shows it.
  public let name: String
  /// What the role profile allows. Empty means that nothing is known to be allowed: no check is made.
  public let activities: Set<Activity>

  /// Makes a worker, from the session of whoever is signed in.
  public init(
    userID: String, roleProfileID: String, jobRoleCode: String, jobRoleName: String, name: String,
    activities: Set<Activity>
  ) {
    self.userID = userID
    self.roleProfileID = roleProfileID
    self.jobRoleCode = jobRoleCode
    self.jobRoleName = jobRoleName
    self.name = name
    self.activities = activities
  }
}

/// A system that makes a check without a person at hand, such as an automatic check on registration.
public struct AccreditedSystem: Hashable, Sendable, Codable {
  /// The accredited system's identifier (ASID).
  public let asid: String
  /// The name of the system.
  public let name: String
  /// The person who answers for what it does.
  public let responsiblePerson: String
  /// What the system is accredited for.
  public let activities: Set<Activity>

  /// Makes a system author.
  public init(asid: String, name: String, responsiblePerson: String, activities: Set<Activity>) {
    self.asid = asid
    self.name = name
    self.responsiblePerson = responsiblePerson
    self.activities = activities
  }
}

/// Who makes a check. Never invented: a check that is declared later carries its original author.
public enum Author: Hashable, Sendable, Codable {
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

  /// The job role that an access history shows.
  public var displayRole: String {
    switch self {
    case .worker(let worker): worker.jobRoleName
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
