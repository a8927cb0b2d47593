/** Tells the parent process the port, and on each of its messages what this process used so far. */
export function report(port) {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send({ cpu: (user + system) / 1e6, rss: process.memoryUsage.rss() })
  })
  process.on('disconnect', () => process.exit(0))
  process.send({ port })
}
