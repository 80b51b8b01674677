from reflow.launcher.command import main

main()
