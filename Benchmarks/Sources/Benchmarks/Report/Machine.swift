import Foundation

/// What the figures were measured on.
struct Machine: Codable {
  let processor: String
  let cores: Int
  let memoryInGiB: Int
  let system: String
  let compiler: String

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
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  var text: String { "\(processor), \(cores) cores, \(memoryInGiB) GiB, \(system), \(compiler)" }
}
