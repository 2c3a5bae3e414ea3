import CPIS
import CPISHL7
import Foundation
import Testing

@Suite struct UploadTests {
  @Test func sample() throws {
    for f in ["tower-hamlets", "leeds", "kent"] {
      let b = try Data(contentsOf: URL(fileURLWithPath: "/work/h/hl7/Sources/cpis/Resources/\(f).xml"))
      let u = try LocalAuthorityUpload(hl7: b)
      print(u.header, u.records.count, try LocalAuthorityUpload(hl7: try u.hl7()) == u, try u.hl7().count, b.count)
      for r in u.records { _ = try r.validated(on: CivilDay(compact: "20261120")!) }
    }
  }
}
