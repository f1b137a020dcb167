public import ArgusEnvAPI

extension WarehouseEnvironment {
    public static let metrics = [
        MetricDescriptor(name: "deliveries", kind: .count, description: "requested shelves brought to a goal"),
        MetricDescriptor(
            name: "busiest_share", kind: .fraction,
            description: "share of the deliveries made by the robot that made most; undefined without deliveries"),
        MetricDescriptor(
            name: "blocked_moves", kind: .count,
            description: "drives forward that another robot prevented, counted for each robot"),
    ]

    public func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>) {
        var (sum, most) = (0, 0)
        for robot in 0..<robots {
            let deliveries = Int(tally.deliveries[robot])
            sum += deliveries
            most = max(most, deliveries)
        }
        values[0] = Double(sum)
        values[1] = sum == 0 ? .nan : Double(most) / Double(sum)
        values[2] = Double(tally.blockedMoves)
    }
}
