print("gatelog")
