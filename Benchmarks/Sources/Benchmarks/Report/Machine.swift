import Foundation

/// What figures were measured on. What is not known of a machine is `nil`.
struct Machine: Codable {
  let processor: String
  var cores: Int?
  var memoryInGiB: Int?
  var system: String?
  var compiler: String?

  /// The machine that this runs on.
  static var current: Machine {
    let information = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let model = information?.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    let process = ProcessInfo.processInfo
    return Machine(
      processor: name ?? "unknown", cores: process.processorCount,
      memoryInGiB: Int((Double(process.physicalMemory) / 1_073_741_824).rounded()),
      system: process.operatingSystemVersionString, compiler: compilerVersion)
  }

  private static var compilerVersion: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #else
      "Swift 6.3"
    #endif
  }

  /// Everything known of it.
  var text: String {
    let parts = [
      processor, cores.map { "\($0) cores" }, memoryInGiB.map { "\($0) GiB" }, system, compiler,
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  /// The processor without the words that all of them have: a column's head.
  var name: String {
    let filler: Set<Substring> = ["Processor", "CPU", "@"]
    let plain = processor.replacing("(R)", with: "").replacing("(TM)", with: "")
    return plain.split(separator: " ").filter { !filler.contains($0) }.joined(separator: " ")
  }

  /// The name of the file that holds its figures.
  var fileName: String { name.lowercased().replacing(" ", with: "-").replacing("/", with: "-") + ".json" }
}
