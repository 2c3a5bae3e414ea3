import CPIS
import CPISOutbox
import Foundation
import NHSNumbers

/// A folder with an outbox on the disk, made by the library itself.
struct OutboxFolder {
  static let patient = "9990000026"

  let path = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)")
    .path(percentEncoded: false)
  let store: FileOutboxStore

  /// Accepts declarations of accesses to one child; all but the last are delivered, and that one, if any, is parked.
  init(accepting count: Int) async throws {
    store = try await FileOutboxStore.open(folder: path)
    let outbox = try await Outbox(
      store: store,
      delivery: Delivery { (notice) throws(DeliveryError) in
        if notice.id == Self.id(count) { throw DeliveryError(.rejected) }
      }, sealer: nil)
    for index in 1..<(count + 1) { try await outbox.enqueue(try Self.notice(index)) }
    try await outbox.drain()
  }

  /// Everything in the folder: names, contents, and when each was changed.
  func everything() throws -> [String: [String]] {
    var files: [String: [String]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
      let contents = FileManager.default.contents(atPath: path + "/" + name) ?? Data()
      files[name] = [contents.base64EncodedString(), "\(String(describing: attributes[.modificationDate]))"]
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    files["."] = ["\(String(describing: attributes[.modificationDate]))"]
    return files
  }

  /// Changes the last byte but some of a file.
  func damage(_ prefix: String, fromEnd offset: Int) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    for name in names where name.hasPrefix(prefix) {
      let file = URL(filePath: path).appending(path: name)
      var bytes = try Data(contentsOf: file)
      for place in 0..<6 { bytes[bytes.count - offset + place] ^= 0x5A }
      try bytes.write(to: file)
    }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  static func notice(_ index: Int) throws -> Notice {
    let worker = try Worker(
      userID: "555021935107", roleProfileID: "555021936108", jobRole: JobRole(code: "R8001", name: "Nurse"),
      name: "Sam Okafor", activities: [.notifyingQuery])
    let context = AccessContext(
      author: .worker(worker), organisation: try Organisation(code: ODSCode("RJ1"), name: "Example NHS Trust"),
      setting: .emergencyDepartment, tracing: .verified)
    let access = Access(
      id: Access.ID(id(index)), patient: try NHSNumber(parsing: patient), context: context,
      time: Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded()))
    return .undeclaredAccess(UndeclaredAccess(id: id(index), access: access))
  }

  static func id(_ index: Int) -> UUID {
    UUID(uuid: (0, 0, 0, UInt8(index), 0xC0, 0xDE, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
  }
}
