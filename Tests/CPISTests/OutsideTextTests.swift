import CPIS
import Foundation
import NHSNumbers
import Testing

@Suite("Text from outside that people will read")
struct OutsideTextTests {
  /// What can start a line, move a cursor, colour a terminal or turn the direction of what follows.
  static let forging: [Unicode.Scalar] = {
    let ranges: [ClosedRange<UInt32>] = [
      0x00...0x1F, 0x7F...0x9F, 0x061C...0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069,
    ]
    return ranges.flatMap { $0.compactMap(Unicode.Scalar.init) }
  }()

  /// Every name that somebody else gives and a person reads, made of one text.
  private static func names(_ text: String) throws -> [String] {
    let phone = try PhoneNumber("999")
    let role = try JobRole(code: "R8001", name: text)
    let worker = try Worker(userID: "1", roleProfileID: "2", jobRole: role, name: text, activities: [])
    let system = try AccreditedSystem(asid: "3", name: text, responsiblePerson: text, activities: [])
    let entry = AccessHistory.Entry(
      time: Date(timeIntervalSince1970: 0), viewerName: text, jobRole: text, organisationName: text)
    return [
      try LocalAuthority(code: ODSCode("711"), name: text, emergencyDutyPhone: phone, officeHoursPhone: nil).name,
      try Organisation(code: ODSCode("RJ1"), name: text).name,
      role.name, worker.name, Author.worker(worker).displayName, Author.worker(worker).displayRole ?? "",
      system.name, system.responsiblePerson, Author.system(system).displayName,
      try CareSetting(name: "own", displayText: text, care: .scheduled).displayText,
      entry.viewerName, entry.jobRole ?? "", entry.organisationName,
    ]
  }

  @Test("Controls, line separators and direction marks become spaces in every name that is shown")
  func cleaned() throws {
    #expect(Self.forging.count == 32 + 33 + 1 + 2 + 7 + 4)
    for scalar in Self.forging {
      for name in try Self.names("Leeds\(Character(scalar))No plan recorded") {
        #expect(!name.unicodeScalars.contains(scalar), "U+\(String(scalar.value, radix: 16))")
        #expect(name.hasPrefix("Leeds No plan recorded"), "U+\(String(scalar.value, radix: 16))")
      }
    }
  }

  @Test("Joiners, accents and every other character of a name stay as they are")
  func kept() throws {
    for text in ["ශ්‍රී", "می\u{200C}خواهم", "👩‍👧", "e\u{301}", "Osei‑Bonsu", "\u{A0}x\u{3000}", "אב", "a\u{AD}b"] {
      for name in try Self.names(text) {
        #expect(Array(name.unicodeScalars).starts(with: Array(text.unicodeScalars)), "\(text)")
      }
    }
  }

  @Test(
    "A name of nothing that can be seen is blank",
    arguments: [
      "", " ", "\u{A0}\u{3000}", "\u{200B}\u{200D}", "\u{AD}", "\u{3164}", "\u{115F}\u{1160}", "\u{FFA0}",
      "\u{2800}",
      "\u{34F}", "\u{FE0F}", "\u{E0100}", "\u{180B}", "\u{17B4}", "\u{301}", "\u{85}\u{1B}", "\u{202E}", "\u{E000}",
      "\u{1D159}", "\u{13441}", "\u{FEFF}", "\u{E0020}",
    ])
  func invisible(text: String) {
    let code = Result { try ODSCode("711") }
    #expect(throws: InvalidValue.self) { try Organisation(code: code.get(), name: text) }
    #expect(throws: InvalidValue.self) { try VisitID(text) }
    #expect(throws: InvalidValue.self) { try JobRole(code: text, name: "Nurse") }
    #expect(throws: InvalidValue.self) { try CareSetting(name: "own", displayText: text, care: .scheduled) }
  }

  @Test("A setting's name that differs from one of ours in case or hyphens only is refused, whatever its care")
  func settingNames() throws {
    for known in CareSetting.known {
      let hyphened = known.name.map { $0.isUppercase ? "-\($0)" : "\($0)" }.joined()
      for name in [known.name.uppercased(), known.name.lowercased(), hyphened, hyphened.lowercased()] {
        guard name != known.name else { continue }
        for care in CareSetting.Care.allCases {
          #expect(throws: InvalidValue.self, "\(name)") {
            try CareSetting(name: name, displayText: "x", care: care)
          }
        }
      }
    }
    #expect(try CareSetting(name: "emergency", displayText: "x", care: .scheduled).care == .scheduled)
  }
}
