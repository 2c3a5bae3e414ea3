#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import CPISJSON
import NHSNumbers

// Writing.
extension JSONObjectWriter {
  mutating func add(_ notice: Notice) throws(StoredFormError) {
    switch notice {
    case .safeguarding(let notice):
      add("kind", "safeguarding")
      add("id", notice.id)
      try nested("access") { json throws(StoredFormError) in try json.add(notice.access) }
      add(notice.plans)
      add(notice.completeness)
      try add(notice.origin)
      add("isRepeat", notice.isRepeat)
    case .undeclaredAccess(let notice):
      add("kind", "undeclaredAccess")
      add("id", notice.id)
      try nested("access") { json throws(StoredFormError) in try json.add(notice.access) }
    case .accessToService(let notice):
      add("kind", "accessToService")
      add("id", notice.id)
      try add("createdAt", notice.creationTime)
      add("recipient", notice.recipient)
      try array("groups") { json throws(StoredFormError) in
        for group in notice.groups {
          try json.object { json throws(StoredFormError) in try json.add(group) }
        }
      }
    case .inactiveNumber(let notice):
      add("kind", "inactiveNumber")
      add("id", notice.id)
      try add("createdAt", notice.creationTime)
      add("recipient", notice.recipient)
      add("oldNumber", notice.oldNumber.wireForm)
      array("replacements") { json in
        for number in notice.replacements { json.add(number.wireForm) }
      }
      add("fileID", notice.fileID.digits)
    }
  }

  private mutating func add(_ group: AccessToServiceNotification.FileGroup) throws(StoredFormError) {
    add("fileID", group.fileID.digits)
    try array("accesses") { json throws(StoredFormError) in
      for entry in group.accesses {
        try json.object { json throws(StoredFormError) in
          json.add("id", entry.id.uuid)
          try json.add("time", entry.time)
          json.add("author", entry.author)
          json.add("organisation", entry.organisation)
          json.add("patient", entry.patient.wireForm)
          json.addIfPresent("localID", entry.localID)
        }
      }
    }
  }
}

// Reading.
extension JSONObject {
  mutating func notice() throws(JSONError) -> Notice {
    let kind = try required("kind")
    let id = try uuid("id")
    switch try kind.string() {
    case "safeguarding":
      let access = try accessMember()
      let (plans, completeness, origin) = (try plans(), try completeness(), try origin())
      return .safeguarding(
        SafeguardingNotice(
          id: id, access: access, plans: plans, completeness: completeness, origin: origin,
          isRepeat: try bool("isRepeat")))
    case "undeclaredAccess":
      return .undeclaredAccess(UndeclaredAccess(id: id, access: try accessMember()))
    case "accessToService":
      let (time, recipient) = (try time("createdAt"), try authority("recipient"))
      var groups: [AccessToServiceNotification.FileGroup] = []
      for value in try array("groups") {
        var json = try value.object()
        groups.append(try json.fileGroup())
      }
      return .accessToService(
        AccessToServiceNotification(id: id, creationTime: time, recipient: recipient, groups: groups))
    case "inactiveNumber":
      let (time, recipient) = (try time("createdAt"), try authority("recipient"))
      let old = try number(ofPatient: "oldNumber")
      var replacements: [NHSNumber] = []
      for value in try array("replacements") { replacements.append(try value.nhsNumber()) }
      return .inactiveNumber(
        InactiveNumberNotice(
          id: id, creationTime: time, recipient: recipient, oldNumber: old, replacements: replacements,
          fileID: try fileID()))
    default: throw kind.error(.notUnderstood)
    }
  }

  private mutating func accessMember() throws(JSONError) -> Access {
    var json = try object("access")
    return try json.access()
  }

  private mutating func fileID() throws(JSONError) -> UploadFileID { try string("fileID") { UploadFileID($0) } }

  private mutating func fileGroup() throws(JSONError) -> AccessToServiceNotification.FileGroup {
    let fileID = try fileID()
    var entries: [AccessToServiceNotification.Entry] = []
    for value in try array("accesses") {
      var json = try value.object()
      let (id, time) = (Access.ID(try json.uuid("id")), try json.time("time"))
      let (author, organisation) = (try json.author("author"), try json.organisation("organisation"))
      let patient = try json.number(ofPatient: "patient")
      entries.append(
        AccessToServiceNotification.Entry(
          id: id, time: time, author: author, organisation: organisation, patient: patient,
          localID: try json.stringIfPresent("localID")))
    }
    return AccessToServiceNotification.FileGroup(fileID: fileID, accesses: entries)
  }
}
