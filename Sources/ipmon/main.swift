import IPMonitor
