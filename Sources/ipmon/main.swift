import IPMonitor

MonitorProgram.main()
