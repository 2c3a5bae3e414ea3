#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import CPISJSON
import NHSNumbers

// Writing.
extension JSONObjectWriter {
  mutating func add(_ kept: CachedAnswer) throws(StoredFormError) {
    add("patient", kept.answer.patient.wireForm)
    try add("asOf", kept.asOf)
    switch kept.answer.finding {
    case .noPlanUnderThisNumber: add("finding", "noPlanUnderThisNumber")
    case .plans(let plans, let completeness):
      add("finding", "plans")
      add(plans)
      add(completeness)
    }
    addIfPresent("validThrough", kept.answer.validThrough?.description)
  }

  mutating func add(_ visit: RememberedVisit) throws(StoredFormError) {
    add("access", visit.accessID.uuid)
    try add("firstCheck", visit.firstCheck)
    add("isAuthorityTold", visit.isAuthorityTold)
    add("isSafeguardingTold", visit.isSafeguardingTold)
    if let found = visit.found {
      try nested("found") { json throws(StoredFormError) in try json.add(found) }
    }
  }

  mutating func add(_ plans: RecordedPlans) {
    array("plans") { json in
      for plan in plans {
        json.object { json in
          json.add("kind", plan.kind.storedWord)
          json.add("start", plan.start.description)
          json.addIfPresent("end", plan.end?.description)
          json.add("authority", plan.authority)
        }
      }
    }
  }

  mutating func add(_ name: String, _ authority: LocalAuthority) {
    object(name) { json in
      json.add("code", authority.code.text)
      json.add("name", authority.name)
      json.add("emergencyDutyPhone", authority.emergencyDutyPhone.digits)
      json.addIfPresent("officeHoursPhone", authority.officeHoursPhone?.digits)
    }
  }

  mutating func add(_ completeness: Completeness) {
    switch completeness {
    case .complete: add("isComplete", true)
    case .partial(let unreadable):
      add("isComplete", false)
      if let unreadable { add("unreadableEntries", unreadable) }
    }
  }

  mutating func add(_ origin: AnswerOrigin) throws(StoredFormError) {
    try nested("origin") { json throws(StoredFormError) in
      json.add("source", origin.source.storedWord)
      try json.add("asOf", origin.asOf)
      try json.add("checkedAt", origin.checkedAt)
    }
  }
}

// Reading.
extension JSONObject {
  mutating func cachedAnswer() throws(JSONError) -> CachedAnswer {
    let (patient, asOf) = (try number(ofPatient: "patient"), try time("asOf"))
    let word = try string("finding") { ["noPlanUnderThisNumber", "plans"].contains($0) ? $0 : nil }
    let finding: RegistryAnswer.Finding
    if word == "plans" {
      finding = .plans(try plans(), try completeness())
    } else {
      // A "none" that says something of plans contradicts itself.
      for name in ["plans", "isComplete", "unreadableEntries"] {
        if let contradiction = self[name] { throw contradiction.error(.notUnderstood) }
      }
      finding = .noPlanUnderThisNumber
    }
    var lastDay: CivilDay?
    if let value = self["validThrough"] { lastDay = try value.string { CivilDay(iso8601: $0) } }
    return CachedAnswer(
      answer: RegistryAnswer(patient: patient, finding: finding, validThrough: lastDay), asOf: asOf)
  }

  mutating func rememberedVisit() throws(JSONError) -> RememberedVisit {
    var visit = RememberedVisit(accessID: Access.ID(try uuid("access")), firstCheck: try time("firstCheck"))
    visit.isAuthorityTold = try bool("isAuthorityTold")
    visit.isSafeguardingTold = try bool("isSafeguardingTold")
    if let found = self["found"] {
      var json = try found.object()
      let answer = try json.cachedAnswer()
      guard case .plans = answer.answer.finding else { throw found.error(.notUnderstood) }
      visit.found = answer
    }
    return visit
  }

  mutating func plans() throws(JSONError) -> RecordedPlans {
    let values = try required("plans")
    var plans: [Plan] = []
    for value in try values.array() {
      var json = try value.object()
      let (kind, start) = (
        try json.string("kind", PlanKind.init(storedWord:)), try json.string("start", { CivilTime(iso8601: $0) })
      )
      var end: CivilTime?
      if let value = json["end"] { end = try value.string { CivilTime(iso8601: $0) } }
      let authority = try json.authority("authority")
      plans.append(
        try value.holding { () throws(InvalidValue) in
          try Plan(kind: kind, start: start, end: end, authority: authority)
        })
    }
    // An empty list of plans is no finding at all, and never "no plan".
    guard let recorded = RecordedPlans(plans) else { throw values.error(.notUnderstood) }
    return recorded
  }

  mutating func authority(_ name: String) throws(JSONError) -> LocalAuthority {
    var json = try object(name)
    let (code, name) = (try json.string("code"), try json.string("name"))
    let (duty, office) = (try json.string("emergencyDutyPhone"), try json.stringIfPresent("officeHoursPhone"))
    return try json.value.holding { () throws(InvalidValue) in
      try LocalAuthority(
        code: ODSCode(code), name: name, emergencyDutyPhone: PhoneNumber(duty),
        officeHoursPhone: office.map { text throws(InvalidValue) in try PhoneNumber(text) })
    }
  }

  mutating func completeness() throws(JSONError) -> Completeness {
    let isComplete = try bool("isComplete")
    guard let unreadable = self["unreadableEntries"] else {
      return isComplete ? .complete : .partial(unreadableEntries: nil)
    }
    let count = try unreadable.int()
    guard !isComplete, count > 0 else { throw unreadable.error(.notUnderstood) }
    return .partial(unreadableEntries: count)
  }

  mutating func origin() throws(JSONError) -> AnswerOrigin {
    var json = try object("origin")
    let source = try json.string("source", AnswerOrigin.Source.init(storedWord:))
    return AnswerOrigin(source: source, asOf: try json.time("asOf"), checkedAt: try json.time("checkedAt"))
  }
}

extension PlanKind {
  fileprivate var storedWord: String {
    switch self {
    case .childProtectionPlan: "childProtectionPlan"
    case .lookedAfterChild: "lookedAfterChild"
    case .unbornChildProtectionPlan: "unbornChildProtectionPlan"
    }
  }

  fileprivate init?(storedWord: String) {
    guard let kind = Self.allCases.first(where: { $0.storedWord == storedWord }) else { return nil }
    self = kind
  }
}

extension AnswerOrigin.Source {
  fileprivate var storedWord: String {
    switch self {
    case .registry: "registry"
    case .freshCache: "freshCache"
    case .cacheWhileRegistryDown: "cacheWhileRegistryDown"
    case .earlierInVisit: "earlierInEncounter"
    }
  }

  fileprivate init?(storedWord: String) {
    guard let source = Self.allCases.first(where: { $0.storedWord == storedWord }) else { return nil }
    self = source
  }
}
