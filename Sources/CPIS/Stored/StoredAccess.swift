#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import CPISJSON
import NHSNumbers

// Writing. Each word is written out here: it outlives the names of cases.
extension JSONObjectWriter {
  /// Adds an instant.
  mutating func add(_ name: String, _ time: Date) throws(StoredFormError) {
    guard let text = UTCTimestamp.text(time) else { throw StoredFormError(.noStoredForm, at: "/" + name) }
    add(name, text)
  }

  /// Adds an object. An error in it names the place from here.
  mutating func nested(
    _ name: String, _ body: (inout JSONObjectWriter) throws(StoredFormError) -> Void
  ) throws(StoredFormError) {
    do throws(StoredFormError) {
      try object(name, body)
    } catch {
      throw StoredFormError(error.code, at: "/\(name)\(error.place)")
    }
  }

  /// Adds an identity.
  mutating func add(_ name: String, _ id: UUID) { add(name, id.uuidString) }

  /// Adds a text that may be absent.
  mutating func addIfPresent(_ name: String, _ text: String?) { if let text { add(name, text) } }

  mutating func add(_ access: Access) throws(StoredFormError) {
    add("id", access.id.uuid)
    add("patient", access.patient.wireForm)
    try add("time", access.time)
    let context = access.context
    add("author", context.author)
    add("organisation", context.organisation)
    object("setting") { setting in
      setting.add("name", context.setting.name)
      setting.add("text", context.setting.displayText)
      setting.add("care", context.setting.care.storedWord)
    }
    add("tracing", context.tracing.storedWord)
    addIfPresent("encounter", context.visit?.text)
  }

  mutating func add(_ name: String, _ author: Author) {
    object(name) { json in
      switch author {
      case .worker(let worker):
        json.add("kind", "worker")
        json.add("userID", worker.userID)
        json.add("roleProfileID", worker.roleProfileID)
        if let role = worker.jobRole {
          json.object("jobRole") { json in
            json.add("code", role.code)
            json.add("name", role.name)
          }
        }
        json.add("name", worker.name)
      case .system(let system):
        json.add("kind", "system")
        json.add("asid", system.asid)
        json.add("name", system.name)
        json.add("responsiblePerson", system.responsiblePerson)
      }
      json.array("activities") { json in
        for activity in author.activities.map(\.rawValue).sorted() { json.add(activity) }
      }
    }
  }

  mutating func add(_ name: String, _ organisation: Organisation) {
    object(name) { json in
      json.add("code", organisation.code.text)
      json.add("name", organisation.name)
    }
  }
}

// Reading.
extension JSONObject {
  mutating func time(_ name: String) throws(JSONError) -> Date { try string(name, UTCTimestamp.date) }

  mutating func uuid(_ name: String) throws(JSONError) -> UUID { try string(name) { UUID(uuidString: $0) } }

  mutating func number(ofPatient name: String) throws(JSONError) -> NHSNumber { try required(name).nhsNumber() }

  /// The text of a member that may be absent.
  mutating func stringIfPresent(_ name: String) throws(JSONError) -> String? {
    guard let value = self[name] else { return nil }
    return try value.string()
  }

  mutating func access() throws(JSONError) -> Access {
    let (id, patient, time) = (try uuid("id"), try number(ofPatient: "patient"), try time("time"))
    let author = try author("author")
    let organisation = try organisation("organisation")
    var setting = try object("setting")
    let (name, text) = (try setting.string("name"), try setting.string("text"))
    let care = try setting.string("care", CareSetting.Care.init(storedWord:))
    // As it was when it was written: a later version may give the name to a setting of ours.
    let stored = try setting.value.holding { () throws(InvalidValue) in
      try CareSetting(stored: name, displayText: text, care: care)
    }
    let tracing = try string("tracing", Tracing.init(storedWord:))
    var visit: VisitID?
    if let value = self["encounter"] {
      let text = try value.string()
      visit = try value.holding { () throws(InvalidValue) in try VisitID(text) }
    }
    let context = AccessContext(
      author: author, organisation: organisation, setting: stored, tracing: tracing, visit: visit)
    return Access(id: Access.ID(id), patient: patient, context: context, time: time)
  }

  mutating func author(_ name: String) throws(JSONError) -> Author {
    var json = try object(name)
    let kind = try json.string("kind") { ["worker", "system"].contains($0) ? $0 : nil }
    if kind == "worker" {
      let (userID, roleProfileID) = (try json.string("userID"), try json.string("roleProfileID"))
      var role: JobRole?
      if let value = json["jobRole"] {
        var json = try value.object()
        let (code, name) = (try json.string("code"), try json.string("name"))
        role = try value.holding { () throws(InvalidValue) in try JobRole(code: code, name: name) }
      }
      let (name, activities) = (try json.string("name"), try json.activities())
      return try json.value.holding { () throws(InvalidValue) in
        .worker(
          try Worker(
            userID: userID, roleProfileID: roleProfileID, jobRole: role, name: name, activities: activities))
      }
    }
    let (asid, name, person) = (
      try json.string("asid"), try json.string("name"), try json.string("responsiblePerson")
    )
    let activities = try json.activities()
    return try json.value.holding { () throws(InvalidValue) in
      .system(try AccreditedSystem(asid: asid, name: name, responsiblePerson: person, activities: activities))
    }
  }

  private mutating func activities() throws(JSONError) -> Set<Activity> {
    var activities: Set<Activity> = []
    for value in try array("activities") { activities.insert(try value.string(Activity.init(rawValue:))) }
    return activities
  }

  mutating func organisation(_ name: String) throws(JSONError) -> Organisation {
    var json = try object(name)
    let (code, name) = (try json.string("code"), try json.string("name"))
    return try json.value.holding { () throws(InvalidValue) in try Organisation(code: ODSCode(code), name: name) }
  }
}

extension JSONValue {
  /// Makes a value whose type has a rule; where the rule is broken, the error names this place.
  func holding<Value>(_ make: () throws(InvalidValue) -> Value) throws(JSONError) -> Value {
    do throws(InvalidValue) { return try make() } catch { throw self.error(.notUnderstood) }
  }

  /// A number in its wire form.
  func nhsNumber() throws(JSONError) -> NHSNumber {
    try string { text in
      guard let number = try? NHSNumber(parsing: text), number.wireForm == text else { return nil }
      return number
    }
  }
}

extension CareSetting.Care {
  fileprivate var storedWord: String {
    switch self {
    case .unscheduled: "unscheduled"
    case .scheduled: "scheduled"
    }
  }

  fileprivate init?(storedWord: String) {
    guard let care = Self.allCases.first(where: { $0.storedWord == storedWord }) else { return nil }
    self = care
  }
}

extension Tracing {
  fileprivate var storedWord: String {
    switch self {
    case .verified: "verified"
    case .notVerified: "notVerified"
    }
  }

  fileprivate init?(storedWord: String) {
    guard let tracing = Self.allCases.first(where: { $0.storedWord == storedWord }) else { return nil }
    self = tracing
  }
}
