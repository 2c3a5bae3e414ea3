@main
struct Tool { static func main() { print(PackageResources.tower_hamlets_xml.count) } }
