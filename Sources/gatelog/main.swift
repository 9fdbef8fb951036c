import CommandLineTool

GatelogTool.main()
