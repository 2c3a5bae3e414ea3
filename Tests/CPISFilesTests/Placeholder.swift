import CPISFiles
