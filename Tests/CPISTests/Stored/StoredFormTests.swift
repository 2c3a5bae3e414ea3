import CPIS
import Foundation
import NHSNumbers
import Testing

@Suite("Stored forms: what leaves the process or outlives it")
struct StoredFormTests {
  private func golden(_ sample: StoredSample) throws -> [UInt8] {
    if ProcessInfo.processInfo.environment["CPIS_RECORD_GOLDEN"] != nil {
      try Data(try sample.stored() + [UInt8(ascii: "\n")]).write(to: sample.goldenFile)
    }
    return Array(try Data(contentsOf: sample.goldenFile))
  }

  @Test("Each is written as its golden file has it, and read back equal", arguments: try StoredSample.all())
  func isGolden(sample: StoredSample) throws {
    let golden = try golden(sample)
    #expect(try sample.stored() + [UInt8(ascii: "\n")] == golden)
    #expect(try sample.readsEqual(golden))
  }

  @Test("There is no golden file that nothing writes")
  func noOthers() throws {
    let folder = try #require(try StoredSample.all().first).goldenFile.deletingLastPathComponent()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
    #expect(Set(names) == Set(try StoredSample.all().map { "\($0.name).json" }))
  }

  /// Reading may fail only with the error of stored forms, which names the place and nothing of the patient.
  private func expectRefused(
    _ bytes: [UInt8], _ sample: StoredSample, _ code: StoredFormError.Code? = nil, _ what: String
  ) {
    do {
      try sample.read(bytes)
      Issue.record("\(sample.name) was read although \(what)")
    } catch let error as StoredFormError {
      if let code { #expect(error.code == code, "\(what)") }
      for secret in ["9990000026", "Okafor", "Lee", "visit-1", "L-1"] {
        #expect(!"\(error)".contains(secret), "\(what)")
      }
    } catch {
      Issue.record("\(sample.name): another error when \(what)")
    }
  }

  @Test("Cut off anywhere, it is refused as malformed", arguments: try StoredSample.all())
  func truncated(sample: StoredSample) throws {
    let bytes = try sample.stored()
    for end in bytes.indices { expectRefused(Array(bytes[..<end]), sample, .malformed, "it ends at byte \(end)") }
  }

  @Test("With any one byte changed it is refused or read, and never traps", arguments: try StoredSample.all())
  func flipped(sample: StoredSample) throws {
    let bytes = try sample.stored()
    for place in bytes.indices {
      for change: UInt8 in [0x01, 0x20, 0x80] {
        var changed = bytes
        changed[place] ^= change
        do { try sample.read(changed) } catch is StoredFormError {} catch {
          Issue.record("another error at \(place)")
        }
      }
    }
  }

  /// Every place of the document with an object that lacks one member, or has it as null, number, text or empty list.
  private func variants(_ json: Any, _ path: String = "") -> [(what: String, json: Any)] {
    var all: [(String, Any)] = []
    if let object = json as? [String: Any] {
      for (name, value) in object {
        var without = object
        without[name] = nil
        all.append(("\(path)/\(name) is missing", without))
        for (word, other) in [("null", NSNull()), ("a number", 7), ("an odd text", " "), ("a list", [])]
          as [(String, Any)]
        {
          var with = object
          with[name] = other
          all.append(("\(path)/\(name) is \(word)", with))
        }
        for (what, inner) in variants(value, "\(path)/\(name)") {
          var with = object
          with[name] = inner
          all.append((what, with))
        }
      }
    } else if let list = json as? [Any] {
      for (index, value) in list.enumerated() {
        for (what, inner) in variants(value, "\(path)/\(index)") {
          var with = list
          with[index] = inner
          all.append((what, with))
        }
      }
    }
    return all
  }

  /// Members that may be absent, and lists that may be empty.
  private static let optional: Set = [
    "encounter", "jobRole", "end", "officeHoursPhone", "unreadableEntries", "validThrough", "found", "localID",
  ]
  private static let mayBeEmpty: Set = ["activities", "groups", "replacements", "accesses"]

  @Test(
    "A member that is missing, null or of another type is refused at its place, unless it may be absent",
    arguments: try StoredSample.all())
  func members(sample: StoredSample) throws {
    let document = try JSONSerialization.jsonObject(with: Data(try sample.stored()))
    var refused = 0
    for (what, json) in variants(document) {
      let name = String(what.prefix { $0 != " " }.split(separator: "/").last ?? "")
      if what.hasSuffix("is missing"), Self.optional.contains(name) { continue }
      if what.hasSuffix("a list"), Self.mayBeEmpty.contains(name) { continue }
      // An authority's own id is any text.
      if what.hasSuffix("an odd text"), name == "localID" { continue }
      // Any number of unreadable entries will do.
      if what.hasSuffix("a number"), name == "unreadableEntries" { continue }
      expectRefused(Array(try JSONSerialization.data(withJSONObject: json)), sample, nil, what)
      refused += 1
    }
    #expect(refused > 10)
  }

  @Test("A member of an unknown name is ignored, wherever it stands", arguments: try StoredSample.all())
  func unknownMembers(sample: StoredSample) throws {
    let text = String(decoding: try sample.stored(), as: UTF8.self)
    #expect(try sample.readsEqual(Array(text.replacing("{", with: #"{"later":[{"x":null}],"#).utf8)))
  }

  @Test("A doubled member is refused, whichever of the two comes first", arguments: try StoredSample.all())
  func doubledMembers(sample: StoredSample) throws {
    let text = String(decoding: try sample.stored(), as: UTF8.self)
    for (name, value) in [("patient", "\"9990000018\""), ("version", "1"), ("id", "1")]
    where text.contains("\"\(name)\"") {
      let doubled = text.replacing("\"\(name)\":", with: "\"\(name)\":\(value),\"\(name)\":", maxReplacements: 1)
      expectRefused(Array(doubled.utf8), sample, .malformed, "\(name) is doubled")
    }
  }

  @Test("A later version and another form are told apart from damage", arguments: try StoredSample.all())
  func otherVersions(sample: StoredSample) throws {
    let text = String(decoding: try sample.stored(), as: UTF8.self)
    func with(_ version: String) -> [UInt8] {
      Array(text.replacing("\"version\":1", with: "\"version\":\(version)").utf8)
    }
    expectRefused(with("2"), sample, .laterVersion, "it is of version 2")
    expectRefused(with("0"), sample, .invalidField, "it is of version 0")
    for other in try StoredSample.all() where other.form != sample.form {
      expectRefused(try other.stored(), sample, .otherForm, "it is \(other.name)")
    }
    expectRefused(Array("{}".utf8), sample, .otherForm, "it is empty")
  }

  @Test("An empty list of plans is not 'no plan': it is refused")
  func noPlans() throws {
    let plans = try #require(try StoredSample.all().first { $0.name == "answer-plans" })
    let text = String(decoding: try plans.stored(), as: UTF8.self)
    let start = try #require(text.range(of: "\"plans\":[")?.upperBound)
    let end = try #require(text.range(of: "],\"isComplete\"")?.lowerBound)
    let emptied = text.replacingCharacters(in: start..<end, with: "")
    #expect(throws: StoredFormError(.invalidField, at: "/plans")) { try CachedAnswer(stored: Array(emptied.utf8)) }
  }

  @Test("An answer that contradicts itself is refused, and so is a visit that remembers 'none'")
  func contradictions() throws {
    func text(_ name: String) throws -> String {
      String(decoding: try #require(try StoredSample.all().first { $0.name == name }).stored(), as: UTF8.self)
    }
    let none = try text("answer-none")
    for more in [#""plans":[]"#, #""isComplete":true"#, #""unreadableEntries":1"#] {
      let contradicted = none.dropLast() + ",\(more)}"
      #expect(throws: StoredFormError.self) { try CachedAnswer(stored: Array(contradicted.utf8)) }
    }
    let plans = try text("answer-plans")
    for count in ["3", "0", "-1"] {
      let contradicted = plans.replacing(
        #""isComplete":true"#, with: #""isComplete":true,"unreadableEntries":\#(count)"#)
      #expect(contradicted != plans)
      #expect(throws: StoredFormError(.invalidField, at: "/unreadableEntries")) {
        try CachedAnswer(stored: Array(contradicted.utf8))
      }
    }
    let found = none.replacing(#""form":"cp-is.answer","version":1,"#, with: "")
    let visit = try text("visit-opened").dropLast() + ",\"found\":\(found)}"
    #expect(throws: StoredFormError(.invalidField, at: "/found")) { try RememberedVisit(stored: Array(visit.utf8)) }
  }

  @Test("An instant that is no number has no stored form, and the error names its member")
  func noInstant() throws {
    let access = Sample.access(
      to: Sample.numbers[0], in: try Sample.context(), at: Date(timeIntervalSince1970: .nan))
    #expect(throws: StoredFormError(.noStoredForm, at: "/time")) { try access.stored() }
    #expect(throws: StoredFormError(.noStoredForm, at: "/access/time")) {
      try Notice.undeclaredAccess(UndeclaredAccess(id: UUID(), access: access)).stored()
    }
  }

  @Test("What nobody would read for its length is not written")
  func tooLarge() throws {
    let context = try Sample.context(visit: String(repeating: "x", count: 17 << 20))
    let access = Sample.access(to: Sample.numbers[0], in: context, at: Date(timeIntervalSince1970: 0))
    #expect(throws: StoredFormError(.tooLarge)) { try access.stored() }
  }

  @Test("A file id is kept as text, of any length; what is no file id is refused")
  func fileIDs() throws {
    func notice(_ fileID: UploadFileID) throws -> Notice {
      .inactiveNumber(
        InactiveNumberNotice(
          id: UUID(), creationTime: Date(timeIntervalSince1970: 0), recipient: try Sample.authority(),
          oldNumber: Sample.numbers[0], replacements: [], fileID: fileID))
    }
    let long = String(repeating: "7", count: 30)
    let written = try notice(try #require(UploadFileID(long))).stored()
    let text = String(decoding: written, as: UTF8.self)
    #expect(text.contains("\"fileID\":\"\(long)\""))
    #expect(try Notice(stored: written) == Notice(stored: Array(text.replacing(long, with: "00" + long).utf8)))
    for other in ["-1", "", "+7", " 7", "7a"] {
      #expect(throws: StoredFormError(.invalidField, at: "/fileID")) {
        try Notice(stored: Array(text.replacing(long, with: other).utf8))
      }
    }
  }

  @Test("Instants are kept to the millisecond")
  func milliseconds() throws {
    let time = Date(timeIntervalSince1970: 1_795_227_249.123_456)
    let access = Sample.access(to: Sample.numbers[0], in: try Sample.context(), at: time)
    let read = try Access(stored: try access.stored())
    #expect(read.time == Date(timeIntervalSince1970: 1_795_227_249.123))
    #expect(read.id == access.id && read.context == access.context && read.patient == access.patient)
  }
}
